"""What can be triggered, by the name of the event: built once per publish, asked for every event."""

from collections import defaultdict
from dataclasses import dataclass, field

from domain.program import Entry, Program
from store.database import Transaction
from store.journey.catalog import Catalog
from store.run import entries


@dataclass(frozen=True, slots=True)
class Way:
    """One way into a journey: the live program, and the number of the entry in it."""

    program: Program
    number: int

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


class TriggerIndex:
    """Keeps the triggers until something is published."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._known: Triggers | None = None

    async def read(self, tx: Transaction) -> Triggers:
        """The triggers of all live journeys. One small statement while nothing has been published."""
        programs = await self.catalog.live(tx)
        if self._known is None or self._known.programs is not programs:
            self._known = index(programs, await entries.goal_events(tx))
        return self._known


def index(programs: list[Program], goals: dict[str, set[str]]) -> Triggers:
    """What these programs can be triggered by; `goals` as `Triggers` has them."""
    ways: defaultdict[str, list[Way]] = defaultdict(list)
    manual: defaultdict[str, list[Way]] = defaultdict(list)
    for program in programs:
        for number, entry in enumerate(program.entries):
            way = Way(program, number)
            for name in dict.fromkeys(entry.trigger.events):
                ways[name].append(way)
            if entry.manual:
                manual[program.journey].append(way)
    return Triggers(programs, dict(ways), dict(manual), goals)
