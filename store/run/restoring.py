"""Runs under way as they are needed to start them again: what their workflows were last known to have been told."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from store.database import Transaction
from store.run.commands import START_COLUMNS
from store.run.rows import StartRow

FIRST = UUID(int=0)


class Under(NamedTuple):
    """A run that should have a workflow, and where it stands in the order in which they are read."""

    customer: UUID
    run: UUID
    journey: str


class Resumption(NamedTuple):
    """A run as its row has it: `delivered` is the number of the last command that no longer waits for delivery, `is_refreshing`
    whether one that waits says that a newer event has taken the place of the one that started the run."""

    start: StartRow
    number: int
    state: dict[str, Any]
    delivered: int
    is_refreshing: bool


_UNDER_WAY = "status IN ('running', 'leaving', 'paused', 'parked')"

_STARTED = """(
    number > 0 OR NOT EXISTS (SELECT 1 FROM command WHERE command.run_id = run.id AND command.kind = 'start')
)"""

_PAGE = text(f"""
    SELECT customer_id, id, journey_id FROM run
    WHERE status <> 'ended' AND {_UNDER_WAY} AND {_STARTED} AND (customer_id, id) > (:customer, :run)
        AND (CAST(:journey AS text) IS NULL OR journey_id = :journey)
    ORDER BY customer_id, id LIMIT :limit
""")

_COUNT = text(f"""
    SELECT count(*) FROM run
    WHERE {_UNDER_WAY} AND {_STARTED} AND (CAST(:journey AS text) IS NULL OR journey_id = :journey)
""")

_RESUMPTIONS = text(f"""
    SELECT {START_COLUMNS},
        number, state, coalesce(waiting.first - 1, last_command), coalesce(waiting.is_refreshing, false)
    FROM run, LATERAL (
        SELECT min(command.number) AS first, bool_or(command.body ->> 'kind' = 'refreshed') AS is_refreshing
        FROM command WHERE command.run_id = run.id
    ) AS waiting
    WHERE id = ANY(CAST(:runs AS uuid[])) AND {_UNDER_WAY}
""")

_HURRY = text("""
    UPDATE command SET not_before = now(), attempts = 0, failure = NULL
    WHERE run_id = ANY(CAST(:runs AS uuid[])) AND failure IS NOT NULL
""")


async def count(tx: Transaction, journey: str | None) -> int:
    """How many runs should have a workflow; those that wait for their first start do not yet."""
    return int((await tx.execute(_COUNT, {"journey": journey})).scalar_one())


async def page(tx: Transaction, journey: str | None, after: Under | None, limit: int) -> list[Under]:
    """The next of them, in a fixed order."""
    place = {"customer": after.customer if after else FIRST, "run": after.run if after else FIRST}
    found = await tx.execute(_PAGE, {**place, "journey": journey, "limit": limit})
    return [Under(*row) for row in found]


async def resumptions(tx: Transaction, runs: Collection[UUID]) -> list[Resumption]:
    """Those of the runs that are still under way, each read with its commands at one moment."""
    rows = await tx.execute(_RESUMPTIONS, {"runs": list(runs)})
    return [Resumption(StartRow(*row[:-4]), *row[-4:]) for row in rows]


async def hurry(tx: Transaction, runs: Sequence[UUID]) -> None:
    """What could not be delivered to these runs is tried again at once."""
    if runs:
        await tx.execute(_HURRY, {"runs": list(runs)})
