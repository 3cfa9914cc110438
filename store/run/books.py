"""The books, in which shadow runs do not count: entered = queued + running + leaving + paused + parked + ended (semantics 23)."""

from typing import NamedTuple

from sqlalchemy import text

from domain.ids import workflow_id
from store import tallies
from store.database import Transaction


class Book(NamedTuple):
    """A journey's runs by status; their sum is how many have entered."""

    journey: str
    queued: int
    running: int
    leaving: int
    paused: int
    parked: int
    ended: int

    @property
    def entered(self) -> int:
        return self.queued + self.running + self.leaving + self.paused + self.parked + self.ended


_STATUSES = Book._fields[1:]

_LIVING = text("""
    SELECT journey_id, id FROM run
    WHERE status NOT IN ('queued', 'ended') AND (CAST(:journey AS text) IS NULL OR journey_id = :journey)
        AND NOT EXISTS (SELECT 1 FROM command WHERE command.run_id = run.id AND command.kind = 'start')
""")


async def books(tx: Transaction, journey: str | None = None) -> list[Book]:
    """Runs by status, of every journey or of one. Raises AssertionError when a run has a status that does not exist."""
    counts: dict[str, dict[str, int]] = {}
    for one in await tallies.runs(tx, journey):
        if one.status not in _STATUSES:
            raise AssertionError(f"{one.journey} has {one.runs} runs with an unknown status")
        if not one.shadow:
            counts.setdefault(one.journey, dict.fromkeys(_STATUSES, 0))[one.status] += one.runs
    return [Book(journey=name, **by_status) for name, by_status in counts.items()]


async def living_workflow_ids(tx: Transaction, journey: str | None = None) -> list[str]:
    """The workflows that Temporal should have open: runs under way whose start it has confirmed."""
    return [workflow_id(name, run) for name, run in await tx.execute(_LIVING, {"journey": journey})]
