"""Entering journeys: when somebody last entered, the rows of new runs, and who queues to begin."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from store.database import Transaction
from store.run.listening import RunRow
from store.tables.runs import Run


class Passage(NamedTuple):
    """What re-entry is counted by: a customer, in a journey, under a key."""

    journey: str
    customer: UUID
    key: str


class Queued(NamedTuple):
    """A run that waits for its journey's intake."""

    id: UUID
    customer: UUID


_LATEST = text("""
    SELECT journey_id, customer_id, key, max(entered_at) FROM run
    JOIN unnest(CAST(:journeys AS text[]), CAST(:customers AS uuid[]), CAST(:keys AS text[]))
        AS asked (journey_id, customer_id, key) USING (journey_id, customer_id, key)
    GROUP BY journey_id, customer_id, key
""")

_QUEUES = text("""
    SELECT journey.id, oldest.version
    FROM journey, LATERAL (
        SELECT version FROM run WHERE journey_id = journey.id AND status = 'queued' ORDER BY entered_at LIMIT 1
    ) AS oldest
""")

_CLAIM_INTAKE = text("SELECT pg_try_advisory_xact_lock(7365003, hashtext(:journey))")

_STARTED = text("SELECT count(*) FROM run WHERE journey_id = :journey AND started_at > :since")

_FRONT = text("""
    SELECT id, customer_id FROM run WHERE journey_id = :journey AND status = 'queued' ORDER BY entered_at, id LIMIT :limit
""")

_BEGIN = text("""
    UPDATE run SET status = 'running', started_at = :now, last_command = last_command + 1
    WHERE id = ANY(CAST(:ids AS uuid[])) AND status = 'queued'
    RETURNING id, journey_id, last_command
""")

_GOALS = text("""
    SELECT DISTINCT journey_id, jsonb_path_query(program, '$.goal.triggers[*].events[*]') #>> '{}' FROM journey_version
""")


async def latest(tx: Transaction, passages: Collection[Passage]) -> dict[Passage, datetime]:
    """When each of them was last begun; those that never were are left out."""
    if not passages:
        return {}
    parameters = {
        "journeys": [passage.journey for passage in passages],
        "customers": [passage.customer for passage in passages],
        "keys": [passage.key for passage in passages],
    }
    found = await tx.execute(_LATEST, parameters)
    return {Passage(journey, customer, key): at for journey, customer, key, at in found}


async def insert_runs(tx: Transaction, runs: Sequence[RunRow]) -> None:
    """Adds new runs; one whose id exists already stays as it is."""
    if not runs:
        return
    rows = [
        {
            "id": run.id,
            "journey_id": run.journey,
            "version": run.version,
            "customer_id": run.customer,
            "key": run.key,
            "status": run.status,
            "leaving": run.leaving,
            "ended_reason": run.ended_reason,
            "ended_at": run.ended_at,
            "ghost": run.ghost,
            "number": 0,
            "state": {},
            "listens": {},
            "heard": run.heard,
            "last_command": run.last_command,
            "entry": run.entry,
            "gathered": run.gathered,
            "time_scale": run.time_scale,
            "depth": run.depth,
            "entered_at": run.entered_at,
            "started_at": None if run.last_command == 0 else run.entered_at,
            "converted_at": run.converted_at,
            "conversion_value": run.conversion_value,
        }
        for run in runs
    ]
    await tx.execute(insert(Run).on_conflict_do_nothing(index_elements=[col(Run.id)]), rows)


async def queues(tx: Transaction) -> list[tuple[str, int]]:
    """The journeys that have a queue, with the version of the run at its front."""
    return [(journey, version) for journey, version in await tx.execute(_QUEUES)]


async def claim_intake(tx: Transaction, journey: str) -> bool:
    """Whether this transaction alone may take runs from the journey's queue, until it ends."""
    return bool((await tx.execute(_CLAIM_INTAKE, {"journey": journey})).scalar_one())


async def started_since(tx: Transaction, journey: str, now: datetime, span: timedelta) -> int:
    """How many of the journey's runs were started within `span` before now."""
    return int((await tx.execute(_STARTED, {"journey": journey, "since": now - span})).scalar_one())


async def front(tx: Transaction, journey: str, limit: int) -> list[Queued]:
    """The next in the queue, in the order in which they came."""
    return [Queued(*row) for row in await tx.execute(_FRONT, {"journey": journey, "limit": limit})]


async def begin(tx: Transaction, ids: Collection[UUID], now: datetime) -> list[tuple[UUID, str, int]]:
    """Makes queued runs running; (run, journey, number of the start command) of those that still were queued."""
    found = await tx.execute(_BEGIN, {"ids": list(ids), "now": now})
    return [(run, journey, number) for run, journey, number in found]


async def goal_events(tx: Transaction) -> dict[str, set[str]]:
    """The journeys that had each event as a goal, in any version ever published."""
    journeys: dict[str, set[str]] = {}
    for journey, name in await tx.execute(_GOALS):
        journeys.setdefault(name, set()).add(journey)
    return journeys
