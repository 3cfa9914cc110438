"""A scenario from beginning to end: the customer is made, things happen to them on a virtual clock, and time runs out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID, uuid5

from pydantic import JsonValue

from domain.approving import answer_event
from domain.calendar import parse_instant, zone_of
from domain.engine.entering import arm_of
from domain.engine.inputs import Leave, Order
from domain.engine.ordering import refusal
from domain.errors import InvalidInput
from domain.events import AcceptedEvent, EventName
from domain.program import Program, Split
from domain.reactions import How, reaction_event, suppression
from lab.customer import Customer, Letter, earlier
from lab.driver import LabRun
from lab.happenings import When
from lab.library import Library
from lab.scenario import Scenario
from lab.world import Endless, World
from routing.batch.profile import attributes_after
from routing.match.entering import is_held_out

_PEOPLE = UUID("5b0d1c5e-7c2e-5f39-8f0b-6a1f6a3f3d10")
MADE_UP: dict[str, JsonValue] = {"email": "customer@example.com", "phone": "+14155550123"}
TRIED = 20_000
"""Ids that are tried until one has the wanted arms and holdout."""


@dataclass(frozen=True)
class Stumble:
    """A line of `when`, counted from 0, that could not happen."""

    line: int
    why: str


@dataclass
class Trial:
    """What came of a scenario."""

    world: World
    start: datetime
    stumbles: list[Stumble] = field(default_factory=list)


def try_out(
    scenario: Scenario, programs: Sequence[Program], library: Library, *, covers: bool = True, time_scale: float = 1.0
) -> Trial:
    """Runs the scenario until nothing is left to fall due. Nothing outside is touched. `covers`: steps and ways are noted."""
    customer = _customer(scenario, programs, library)
    zone, _ = zone_of(customer.attributes, scenario.account)
    start = parse_instant(scenario.start, zone)
    if start is None:
        raise AssertionError(f"{scenario.start} was checked when it was read")
    _remember(customer, scenario, start)
    world = World(
        library.live(programs),
        library,
        customer,
        now=start,
        answers=scenario.answers,
        covers=covers,
        time_scale=time_scale,
    )
    trial = Trial(world, start)
    try:
        world.settle()
        for number, (moment, line) in enumerate(zip(moments(scenario), scenario.when, strict=True)):
            world.advance(start + moment / time_scale)
            why = _happen(world, line, number)
            if why is not None:
                trial.stumbles.append(Stumble(number, why))
            world.settle()
        world.run_out()
    except Endless:
        trial.stumbles.append(Stumble(len(scenario.when) - 1, "the journeys start each other for ever"))
    return trial


def moments(scenario: Scenario) -> list[timedelta]:
    """When each line of `when` happens, after the start."""
    found: list[timedelta] = []
    now = timedelta(0)
    for line in scenario.when:
        now = line.at if line.at is not None else now + (line.after or timedelta(0))
        found.append(now)
    return found


def _customer(scenario: Scenario, programs: Sequence[Program], library: Library) -> Customer:
    given = MADE_UP | scenario.customer
    score = given.pop("score", 0)
    said = AcceptedEvent(
        type="identify",
        name=EventName.IDENTIFIED,
        identities=("user_id:lab",),
        message_id="0",
        source="lab",
        timestamp=datetime.min.replace(tzinfo=UTC),
        received_at=datetime.min.replace(tzinfo=UTC),
        traits=given,
    )
    return Customer(
        id=_id(scenario, programs),
        account=scenario.account,
        topics=library.topics,
        attributes=attributes_after({}, said, country=scenario.account.default_country),
        score=float(score) if isinstance(score, int | float) else 0.0,
    )


def _id(scenario: Scenario, programs: Sequence[Program]) -> UUID:
    """An id whose stable shares put the customer where the scenario wants them, the same every time. Raises InvalidInput."""
    for number in range(TRIED):
        customer = _person(number)
        if all(_suits(scenario, program, customer) for program in programs):
            return customer
    wanted = ", ".join(f"{arm} of {step}" for step, arm in scenario.arms.items())
    raise InvalidInput(f"Of {TRIED} customers none has what {scenario.scenario!r} wants: {wanted or 'no holdout'}.")


@lru_cache(maxsize=TRIED)
def _person(number: int) -> UUID:
    return uuid5(_PEOPLE, f"{number}")


def _suits(scenario: Scenario, program: Program, customer: UUID) -> bool:
    if any(
        is_held_out(entry, program.journey, customer) != scenario.held_out
        for entry in program.entries
        if entry.holdout > 0
    ):
        return False
    splits = ((program.steps.get(name), arm) for name, arm in scenario.arms.items())
    return all(arm_of(step, program.journey, customer).name == arm for step, arm in splits if isinstance(step, Split))


def _remember(customer: Customer, scenario: Scenario, start: datetime) -> None:
    """What was before the start."""
    for number, event in enumerate(sorted(scenario.history, key=lambda one: -one.ago), 1):
        at = start - event.ago
        customer.happened(earlier(event.event, event.properties, at=at, number=number), at)
    for name, granted in scenario.consents.items():
        customer.say(name, granted, at=start, source="scenario")
    for channel in scenario.suppressed:
        customer.suppress(channel, "scenario")


def _happen(world: World, line: When, number: int) -> str | None:
    """Makes one line happen; why it could not, or None."""
    if line.reaction is not None:
        return _react(world, line, *line.reaction)
    if line.operator is not None:
        return _order(world, line)
    if line.approve is not None or line.reject is not None:
        return _answer(world, line.approve or line.reject or "", "approved" if line.approve is not None else "rejected")
    if line.consent is not None:
        for name, granted in line.consent.items():
            world.customer.say(name, granted, at=world.now, source="scenario")
        return None
    world.accept(_event(world, line, number))
    return None


def _event(world: World, line: When, number: int) -> AcceptedEvent:
    properties = line.properties
    name, kind = line.event or "", "track"
    if line.identify is not None:
        name, kind = EventName.IDENTIFIED, "identify"
    elif line.enter is not None:
        name, kind = EventName.ENTRY_REQUESTED, "internal"
        properties = {"journey": line.enter, "inputs": line.inputs, "data": line.data}
    return AcceptedEvent.model_validate(
        {
            "type": kind,
            "name": name,
            "identities": (f"customer_id:{world.customer.id}",),
            "message_id": f"{number + 1}",
            "source": "lab",
            "timestamp": world.now - (line.late or timedelta(0)),
            "received_at": world.now,
            "properties": properties,
            "traits": line.identify or {},
            "applied": kind == "internal",
        }
    )


def _react(world: World, line: When, reaction: How, step: str) -> str | None:
    """The recipient answers the newest message of a step."""
    letter = _newest(world, step)
    if letter is None:
        return f"nothing had been sent by the step {step} by then"
    world.accept(
        reaction_event(
            letter.message,
            reaction,
            at=world.now,
            received_at=world.now,
            link=line.link,
            machine=line.machine,
        )
    )
    if reaction == "unsubscribed":
        world.customer.say(letter.message.channel, False, at=world.now, source="recipient")
    if reason := suppression(reaction, is_permanent=True):
        world.customer.suppress(letter.message.channel, reason, letter.message.address)
    return None


def _answer(world: World, step: str, verdict: Literal["approved", "rejected"]) -> str | None:
    """Somebody answers the newest open question of a step."""
    name = step.rpartition("/")[2]
    runs = {run.row.id: run.row for run in world.runs if step in (name, f"{run.row.journey}/{name}")}
    asked = [key for key, status in world.approvals.items() if status == "open" and key[0] in runs and key[1] == name]
    if not asked:
        return f"the step {step} had asked for nothing by then"
    world.approvals[asked[-1]] = verdict
    world.accept(answer_event(*asked[-1], verdict, customer=world.customer.id, at=world.now))
    return None


def _newest(world: World, step: str) -> Letter | None:
    journey, _, name = step.rpartition("/")
    sent = [
        one
        for one in world.customer.letters
        if one.state == "handed_over" and one.message.step == name and journey in ("", one.message.journey_id)
    ]
    return sent[-1] if sent else None


def _order(world: World, line: When) -> str | None:
    """The order goes to every run under way (of the named journey), which alone acts on it."""
    runs = [run for run in world.runs if run.state is not None and line.journey in (None, run.row.journey)]
    obeying = [run for run in runs if run.row.status != "ended"]
    if not obeying:
        return "no run was under way by then"
    refused = [why for run in obeying if (why := refusal(run.here, line.operator or "")) is not None]
    if refused:
        return refused[0]
    for run in obeying:
        _give_order(run, line)
    return None


def _give_order(run: LabRun, line: When) -> None:
    if line.operator == "stop":
        run.take(Leave(moment=run.inexact, reason="stopped:scenario"))
    else:
        order = {"moment": run.inexact, "order": line.operator, "by": "scenario", "due": line.due}
        run.take(Order.model_validate(order))
