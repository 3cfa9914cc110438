"""The books: entered = queued + running + leaving + paused + parked + ended (semantics 23)."""

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


_BOOKS = text("""
    SELECT journey_id,
        count(*) FILTER (WHERE status = 'queued'), count(*) FILTER (WHERE status = 'running'),
        count(*) FILTER (WHERE status = 'leaving'), count(*) FILTER (WHERE status = 'paused'),
        count(*) FILTER (WHERE status = 'parked'), count(*) FILTER (WHERE status = 'ended'), count(*)
    FROM run GROUP BY journey_id ORDER BY journey_id
""")

_LIVING = text("""
    SELECT journey_id, id FROM run
    WHERE status NOT IN ('queued', 'ended')
        AND NOT EXISTS (SELECT 1 FROM command WHERE command.run_id = run.id AND command.kind = 'start')
    ORDER BY id
""")


async def books(tx: Transaction) -> list[Book]:
    """Every journey's runs by status. Raises AssertionError when a run has a status that does not exist."""
    found = []
    for *counts, total in await tx.execute(_BOOKS):
        book = Book(*counts)
        if book.entered != total:
            raise AssertionError(f"{book.journey} has {total - book.entered} runs with an unknown status")
        found.append(book)
    return found


async def living_workflow_ids(tx: Transaction) -> list[str]:
    """The workflows that Temporal should have open: runs under way whose start it has confirmed."""
    return [workflow_id(journey, run) for journey, run in await tx.execute(_LIVING)]
