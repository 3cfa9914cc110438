"""The dry run of a migration: every run as one moment saw it, told by the function that would move it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from domain.account import Account
from domain.calendar import parse_instant, zone_of
from domain.engine.advance import begin
from domain.engine.commands import Resolve
from domain.engine.inputs import Input, Resolved
from domain.engine.state import EventRef, Moment, Run, State
from domain.errors import InvalidInput
from domain.migration.ahead import Outlook
from domain.migration.forecast import Answer, Forecast, Foresight, Sum, foresee, foresee_queued
from domain.moments import needs_of, resolve
from domain.program import ForDuration, Program, Send, Silence, Wait
from domain.rules.facts import Facts, Needs
from domain.rules.seeing import seen_by
from store.customer import facts as stored_facts
from store.database import Database, Transaction
from store.journey import account as accounts
from store.run import moving
from store.run.moving import MovableRun

BATCH = 200
"""People looked at in one breath: fifty milliseconds, in which the process answers nobody else."""

MOST_PEOPLE = 100_000
"""How many people can be listed one by one; the sums count any number."""


async def forecast(
    db: Database,
    old: Program,
    new: Program,
    steps: Mapping[str, str],
    *,
    runs: Sequence[UUID] | None = None,
    with_people: bool = False,
) -> Forecast:
    """What moving every run on `old` (or these `runs`) to `new` would change. Reads one consistent moment, in batches.

    Raises InvalidInput when more people are to be listed than can be: a list is whole, or there is none.
    """
    total, listed = Sum(), list[Foresight]()
    async with db.transaction() as tx:
        as_of = await moving.snapshot(tx)
        async for people in _people(tx, old, new, steps, as_of, runs):
            total.add(people)
            if with_people:
                listed += people
            if len(listed) > MOST_PEOPLE:
                raise InvalidInput(
                    f"More than {MOST_PEOPLE} people are under way on version {old.version}; list a sample of them.",
                    code="too_many_people",
                )
    return total.forecast(old, new, steps, as_of, listed if with_people else None)


async def _people(
    tx: Transaction,
    old: Program,
    new: Program,
    steps: Mapping[str, str],
    as_of: datetime,
    runs: Sequence[UUID] | None,
) -> AsyncIterator[list[Foresight]]:
    account, needs, after = await accounts.load(tx), _needs(new), None
    outlooks = Outlook(old), Outlook(new)
    while page := await moving.page(tx, old.journey, old.version, after=after, limit=BATCH, runs=runs):
        after = page[-1].id
        known: Mapping[UUID, Facts] = {}
        if needs is not None:
            customers = {row.customer for row in page}
            known = await stored_facts.load_many(tx, customers, needs, now=as_of, account=account)
        yield [
            _foreseen(*outlooks, row, steps, as_of, answers(new, row, known.get(row.customer), account, as_of))
            for row in page
        ]


def _foreseen(
    before: Outlook, after: Outlook, row: MovableRun, steps: Mapping[str, str], as_of: datetime, answer: Answer
) -> Foresight:
    if row.status == "queued":
        return foresee_queued(before, after, _run(row), steps)
    state = State.model_validate(row.state) if row.state else begin(before.program, _run(row))
    return foresee(before, after, state, steps, Moment(at=as_of, position=row.heard), answer)


def _run(row: MovableRun) -> Run:
    accepted_at = datetime.fromisoformat(row.entry["accepted_at"])
    return Run(
        id=row.id,
        customer=row.customer,
        journey=row.journey,
        version=row.version,
        entry=EventRef(id=row.entry["event_id"], position=row.entry["position"], accepted_at=accepted_at),
        entered=Moment(at=row.entered_at, position=row.entry["position"]),
        ghost=row.ghost,
        time_scale=row.time_scale,
    )


def _needs(program: Program) -> Needs | None:
    """What must be known about people to work out the version's calendar waits; None: it has none."""
    dated = [step for step in program.steps.values() if _is_dated(step)]
    events = {name: None for step in dated if isinstance(step, Wait | Send) for name in needs_of(step).events}
    return Needs(events=events) if dated else None


def _is_dated(step: object) -> bool:
    if isinstance(step, Send):
        return step.at is not None
    return isinstance(step, Wait) and not isinstance(step.until, ForDuration | Silence)


def answers(program: Program, row: MovableRun, known: Facts | None, account: Account, as_of: datetime) -> Answer:
    """Answers `Resolve` as the activity does, with what is known about the run's customer at that moment."""

    def answer(command: Resolve, state: State) -> Input:
        facts = known or Facts(now=as_of)
        facts = seen_by(facts, {"entry": row.entry, "gathered": row.gathered})
        zone, _ = zone_of(facts.attributes, account)
        told_at = parse_instant(row.entry.get("accepted_at"), UTC)
        step = program.steps[command.step]
        if not isinstance(step, Wait | Send):
            raise AssertionError(f"{command.step} has no moment")
        found = resolve(step, facts, zone, time_scale=row.time_scale, told_at=told_at, since=command.since)
        return Resolved(moment=Moment(at=as_of, position=row.heard), until=found.until, is_past=found.is_past)

    return answer
