"""What can be triggered, by the name of the event: built once per publish, asked for every event."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.program import Entry, Program


@dataclass(frozen=True, slots=True)
class Way:
    """One way into a journey: the live program, and the number of the entry in it. `is_shadow`: the program only runs beside the
    live one."""

    program: Program
    number: int
    is_shadow: bool = False

    @property
    def entry(self) -> Entry:
        return self.program.entries[self.number]


@dataclass(frozen=True, slots=True)
class Triggers:
    """`goals` names, for an event, the journeys that have or had it as a goal in any version: an ended run may convert."""

    programs: list[Program] = field(default_factory=list)
    ways: dict[str, list[Way]] = field(default_factory=dict)
    manual: dict[str, list[Way]] = field(default_factory=dict)
    goals: dict[str, set[str]] = field(default_factory=dict)


def index(programs: list[Program], goals: dict[str, set[str]], shadows: Sequence[Program] = ()) -> Triggers:
    """What these programs can be triggered by, and `shadows` beside them; `goals` as `Triggers` has them."""
    ways: defaultdict[str, list[Way]] = defaultdict(list)
    manual: defaultdict[str, list[Way]] = defaultdict(list)
    for program, is_shadow in [(live, False) for live in programs] + [(shadow, True) for shadow in shadows]:
        for number, entry in enumerate(program.entries):
            way = Way(program, number, is_shadow)
            for name in dict.fromkeys(entry.trigger.events):
                ways[name].append(way)
            if entry.manual:
                manual[program.journey].append(way)
    return Triggers(programs, dict(ways), dict(manual), goals)
