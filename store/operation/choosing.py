"""Runs chosen for an order to pause or to resume: which they are, and where they stand."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.frozen import Frozen
from domain.records import RunStatus
from store.database import Transaction

_CHOSEN = text("""
    SELECT id FROM run
    WHERE status = ANY(CAST(:statuses AS text[])) AND NOT shadow
        AND (CAST(:journey AS text) IS NULL OR journey_id = :journey)
        AND (CAST(:version AS integer) IS NULL OR version = :version)
        AND (CAST(:step AS text) IS NULL OR step = :step)
        AND (CAST(:runs AS uuid[]) IS NULL OR id = ANY(CAST(:runs AS uuid[])))
    ORDER BY entered_at, id LIMIT :limit
""")

_STANDING = text("""
    SELECT journey_id AS journey, version, coalesce(step, '') AS step, count(*) AS runs,
        count(*) FILTER (WHERE status = 'paused' AND (waiting_until IS NULL OR waiting_until <= now())) AS due
    FROM run WHERE id = ANY(CAST(:runs AS uuid[])) GROUP BY journey_id, version, step
    ORDER BY count(*) DESC, journey_id, version, step
""")


class Choice(Frozen):
    """Which runs. What is None does not narrow; `limit` takes those that entered first."""

    statuses: tuple[RunStatus, ...]
    journey: str | None = None
    version: int | None = None
    step: str | None = None
    runs: tuple[UUID, ...] | None = None
    limit: int | None = None


class StandingRuns(Frozen):
    """Runs at one step of one version; `due` of them are paused, and their time was up meanwhile."""

    journey: str
    version: int
    step: str
    runs: int
    due: int


async def chosen(tx: Transaction, which: Choice) -> list[UUID]:
    """The runs that are meant, those that entered first in front; none in shadow."""
    asked: dict[str, Any] = which.model_dump()
    asked |= {"statuses": list(which.statuses), "runs": list(which.runs) if which.runs is not None else None}
    return list((await tx.execute(_CHOSEN, asked)).scalars())


async def standing(tx: Transaction, runs: Sequence[UUID]) -> list[StandingRuns]:
    """Where these runs stand, the most first."""
    found = await tx.execute(_STANDING, {"runs": list(runs)})
    return [StandingRuns.model_validate(dict(row)) for row in found.mappings()]
