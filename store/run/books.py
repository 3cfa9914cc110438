"""The books, in which shadow runs do not count: entered = queued + running + leaving + paused + parked + ended (semantics 23)."""

from typing import NamedTuple

from sqlalchemy import text

from domain.ids import workflow_id
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

_BOOKS = text("""
    SELECT journey_id, status, count(*) FROM run WHERE NOT shadow GROUP BY journey_id, status ORDER BY journey_id
""")

_LIVING = text("""
    SELECT journey_id, id FROM run
    WHERE status NOT IN ('queued', 'ended')
        AND NOT EXISTS (SELECT 1 FROM command WHERE command.run_id = run.id AND command.kind = 'start')
    ORDER BY id
""")


async def books(tx: Transaction) -> list[Book]:
    """Every journey's runs by status. Raises AssertionError when a run has a status that does not exist."""
    counts: dict[str, dict[str, int]] = {}
    for journey, status, count in await tx.execute(_BOOKS):
        if status not in _STATUSES:
            raise AssertionError(f"{journey} has {count} runs with an unknown status")
        counts.setdefault(journey, dict.fromkeys(_STATUSES, 0))[status] = count
    return [Book(journey=journey, **by_status) for journey, by_status in counts.items()]


async def living_workflow_ids(tx: Transaction) -> list[str]:
    """The workflows that Temporal should have open: runs under way whose start it has confirmed."""
    return [workflow_id(journey, run) for journey, run in await tx.execute(_LIVING)]
