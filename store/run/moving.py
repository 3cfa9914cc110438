"""Runs that may be moved to another version: read in order and in pages, counted by step, and moved while they queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.decisions import Decision
from store import tallies
from store.database import Transaction
from store.run import decisions
from store.run.rows import Subject

MOVABLE = ("queued", "running", "paused", "parked")
"""Living, and not about to end."""

_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

_PAGE = text("""
    SELECT id, journey_id AS journey, version, customer_id AS customer, key, status, ghost, number, state, entry, gathered,
        heard, coalesce(started_at, entered_at) AS entered_at, time_scale
    FROM run
    WHERE journey_id = :journey AND version = :version AND status = ANY(:statuses) AND NOT shadow
        AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
        AND (CAST(:runs AS uuid[]) IS NULL OR id = ANY(CAST(:runs AS uuid[])))
    ORDER BY id LIMIT :limit
""")

_IDS = text("""
    SELECT id FROM run WHERE journey_id = :journey AND version = :version AND status = ANY(:statuses) AND NOT shadow ORDER BY id
""")

_VERSION = text("SELECT version, status FROM run WHERE id = :run")

_MOVE_QUEUED = text("""
    UPDATE run SET version = :version WHERE id = :run AND status = 'queued' AND version <> :version
    RETURNING customer_id, journey_id, now()
""")


@dataclass(frozen=True, slots=True)
class MovableRun:
    """A run as a forecast looks at it. `state` is empty until its workflow has written something."""

    id: UUID
    journey: str
    version: int
    customer: UUID
    key: str
    status: str
    ghost: bool
    number: int
    state: dict[str, Any]
    entry: dict[str, Any]
    gathered: dict[str, Any]
    heard: int
    entered_at: datetime
    time_scale: float


async def snapshot(tx: Transaction) -> datetime:
    """Everything that this transaction reads is of one moment, which is returned. Call it first."""
    await tx.execute(_SNAPSHOT)
    at: datetime = (await tx.execute(text("SELECT now()"))).scalar_one()
    return at


async def page(
    tx: Transaction,
    journey: str,
    version: int,
    *,
    after: UUID | None = None,
    limit: int = 500,
    runs: Sequence[UUID] | None = None,
) -> list[MovableRun]:
    """The next runs on that version, in the order of their ids; only these `runs`, if they are given."""
    asked = {"journey": journey, "version": version, "statuses": list(MOVABLE), "after": after, "limit": limit}
    found = await tx.execute(_PAGE, {**asked, "runs": list(runs) if runs is not None else None})
    return [MovableRun(**row) for row in found.mappings()]


async def ids(tx: Transaction, journey: str, version: int) -> list[UUID]:
    """Every run on that version that may be moved, in the order of their ids."""
    asked = {"journey": journey, "version": version, "statuses": list(MOVABLE)}
    return list((await tx.execute(_IDS, asked)).scalars())


async def heads(tx: Transaction, journey: str) -> dict[int, dict[str, int]]:
    """How many living people stand at each step of each version."""
    counts: dict[int, dict[str, int]] = {}
    for one in await tallies.runs(tx, journey):
        if one.status in MOVABLE and one.step is not None and not one.shadow:
            at_step = counts.setdefault(one.version, {})
            at_step[one.step] = at_step.get(one.step, 0) + one.runs
    return counts


async def version_of(tx: Transaction, run: UUID) -> tuple[int, str] | None:
    """The run's version and status, or None."""
    row = (await tx.execute(_VERSION, {"run": run})).first()
    return (row.version, row.status) if row else None


async def move_queued(tx: Transaction, run: UUID, version: int, detail: Mapping[str, Any]) -> bool:
    """Has a run begin with another version that its journey's intake has not let in yet. False: it has been let in."""
    row = (await tx.execute(_MOVE_QUEUED, {"run": run, "version": version})).first()
    if row is None:
        return False
    customer, journey, at = row
    subject = Subject(customer=customer, journey=journey, version=version, run=run)
    await decisions.append(tx, at, [(subject, Decision(kind="migration", outcome="moved", detail=dict(detail)))])
    return True
