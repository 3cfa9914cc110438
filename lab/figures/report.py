"""What is shown of the totals, in a terminal, as JSON and as a page: one shape for simulations and back-tests."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, JsonValue

from domain.frozen import Frozen
from domain.program import Program, Send
from lab.figures.calendar import Days
from lab.figures.tally import Tally


class Figure(Frozen):
    """A name with its count; `really`: how many there really were (back-tests only)."""

    name: str
    count: int
    really: int | None = None


class StepFigures(Frozen):
    """One step: how many came to it, day by day, how many stood there at the end of each day, and stand there at the end."""

    step: str
    kind: str
    entered: int
    per_day: tuple[int, ...]
    waiting: tuple[int, ...]
    standing: int


class MessageFigures(Frozen):
    """One message of one step. `held_out` would have gone to people of the holdout."""

    message: str
    step: str
    sent: int
    per_day: tuple[int, ...]
    held_out: int = 0
    really: int | None = None


class HeldFigures(Frozen):
    """Messages that the gate held back at a step: `skip` for good, `defer` for a while, `late` past the deadline; and the check."""

    step: str
    outcome: str
    check: str
    count: int
    really: int | None = None


class Apart(Frozen):
    """How often something would have been different: `kind` as in `docs/simulating.md`."""

    kind: str
    what: str
    count: int


class Report(Frozen):
    """Everything about one simulation or back-test. Days are those of the account's zone."""

    kind: Literal["simulation", "backtest"]
    journey: str
    title: str
    tried: str
    against: str | None = None
    since: datetime
    until: datetime
    days: tuple[str, ...]
    seed: str | None = None
    people: dict[str, int]
    entered_per_day: tuple[int, ...]
    entries: tuple[Figure, ...]
    misses: tuple[Figure, ...]
    steps: tuple[StepFigures, ...]
    messages: tuple[MessageFigures, ...]
    held: tuple[HeldFigures, ...]
    per_person: tuple[tuple[int, int], ...]
    most_in_a_week: tuple[tuple[int, int], ...]
    ends: tuple[Figure, ...]
    under_way: int
    parked: tuple[HeldFigures, ...] = ()
    conversions: Figure
    conversion_value: float = 0.0
    differences: tuple[Apart, ...] = ()
    examples: tuple[dict[str, JsonValue], ...] = ()
    unknown: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = Field(default=())

    @property
    def sent(self) -> int:
        return sum(one.sent for one in self.messages)

    @property
    def entered(self) -> int:
        return sum(self.entered_per_day)


def figures(program: Program, tally: Tally, real: Tally | None, days: Days, until: datetime) -> dict[str, Any]:
    """The parts of a report that follow from the totals."""
    last = max(days.of(until), 0)
    last -= 1 if days.midnight + last * days.length == until and last else 0
    numbers = range(last + 1)
    return {
        "days": tuple(days.name(number) for number in numbers),
        "people": {name: count for (name,), count in sorted(tally.people.items())},
        "entered_per_day": tuple(tally.entered[number,] for number in numbers),
        "entries": _compared(_plain(tally.entries), None),
        "misses": _compared(_plain(tally.misses), None if real is None else _plain(real.misses)),
        "steps": tuple(_step(program, name, tally, numbers) for name in program.steps),
        "messages": tuple(_messages(program, tally, real, numbers)),
        "held": tuple(_held(tally, real)),
        "per_person": tuple(sorted((number, count) for (number,), count in tally.messages.items())),
        "most_in_a_week": tuple(sorted((number, count) for (number,), count in tally.weekly.items())),
        "ends": _compared(_plain(tally.ends), None if real is None else _plain(real.ends)),
        "under_way": sum(tally.entered.values()) - sum(tally.ends.values()),
        "parked": tuple(
            HeldFigures(step=step, outcome="parked", check=code, count=count)
            for (step, code), count in sorted(tally.parked.items())
        ),
        "conversions": Figure(
            name="conversions",
            count=tally.worth["conversions",],
            really=None if real is None else real.worth["conversions",],
        ),
        "conversion_value": float(tally.worth["value",]),
        "differences": tuple(
            Apart(kind=kind, what=what, count=count)
            for (kind, what), count in sorted(tally.apart.items(), key=lambda one: (-one[1], one[0]))
        ),
        "unknown": _compared(_plain(tally.unknown), None),
    }


def _step(program: Program, name: str, tally: Tally, numbers: Iterable[int]) -> StepFigures:
    return StepFigures(
        step=name,
        kind=program.steps[name].op,
        entered=sum(tally.steps[name, number] for number in numbers),
        per_day=tuple(tally.steps[name, number] for number in numbers),
        waiting=tuple(tally.waiting[name, number] for number in numbers),
        standing=tally.standing[name,],
    )


def _messages(program: Program, tally: Tally, real: Tally | None, numbers: range) -> Iterable[MessageFigures]:
    order = list(program.steps)
    keys = {(message, step) for message, step, _ in tally.sends} | set(tally.ghosts)
    was: Counter[tuple[str, str]] = Counter()
    if real is not None:
        for (message, step, _), count in real.sends.items():
            was[message, step] += count
    keys |= set(was) | {
        (f"{step.channels[0]}/{step.template}", name)
        for name, step in program.steps.items()
        if isinstance(step, Send) and not any(key[1] == name for key in keys)
    }
    for message, step in sorted(keys, key=lambda key: (order.index(key[1]) if key[1] in order else len(order), key)):
        per_day = tuple(tally.sends[message, step, number] for number in numbers)
        yield MessageFigures(
            message=message,
            step=step,
            sent=sum(per_day),
            per_day=per_day,
            held_out=tally.ghosts[message, step],
            really=None if real is None else was[message, step],
        )


def _held(tally: Tally, real: Tally | None) -> Iterable[HeldFigures]:
    keys = set(tally.held) | (set(real.held) if real is not None else set())
    for key in sorted(keys):
        step, outcome, check = key
        yield HeldFigures(
            step=step,
            outcome=outcome,
            check=check,
            count=tally.held[key],
            really=None if real is None else real.held[key],
        )


def _plain(counts: Mapping[tuple[str], int]) -> dict[str, int]:
    return {name: count for (name,), count in counts.items()}


def _compared(counts: Mapping[str, int], real: Mapping[str, int] | None) -> tuple[Figure, ...]:
    names = sorted({*counts, *(real or ())}, key=lambda name: (-counts.get(name, 0), name))
    return tuple(
        Figure(name=name, count=counts.get(name, 0), really=None if real is None else real.get(name, 0))
        for name in names
    )
