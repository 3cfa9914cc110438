"""The events that a journey may ask about: the others need not be read."""

from collections.abc import Iterator

from pydantic import BaseModel

from domain.events import EventName
from domain.program import Listen, Program, Trigger
from domain.rules.rule import Aggregate, Did, Gap

ALWAYS = frozenset(EventName) - {
    EventName.IDENTIFIED,
    EventName.GROUPED,
    EventName.ALIASED,
    EventName.PAGE_VIEWED,
    EventName.SCREEN_VIEWED,
}
"""Events by which Sojourn itself reports: they change a profile, tell of a message, or ask for something."""


def entries_of(program: Program) -> frozenset[str]:
    """The events with which somebody may enter."""
    names = {name for entry in program.entries for name in entry.trigger.events}
    return frozenset(names | ({EventName.ENTRY_REQUESTED} if any(entry.manual for entry in program.entries) else set()))


def names_of(program: Program) -> frozenset[str] | None:
    """Every event that entries, goal, exits, waits and rules name, and those of `ALWAYS`. None: the journey waits for a rule,
    which is asked again whenever anything happens."""
    names: set[str] = set(ALWAYS)
    for part in _parts(program):
        match part:
            case Listen(kind="rule"):
                return None
            case Trigger() | Listen() | Did():
                names.update(part.events)
            case Aggregate() | Gap():
                names.add(part.event)
        gap = getattr(part, "gap_event", None)
        if isinstance(gap, str):
            names.add(gap)
    return frozenset(names)


def _parts(value: object) -> Iterator[BaseModel]:
    """Every model inside, however deep: steps that are new to the language are looked through, too."""
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _parts(part)
