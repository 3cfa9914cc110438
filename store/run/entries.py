"""Entering journeys: when somebody last entered, the rows of new runs, and who queues to begin."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import text

from store.database import Transaction
from store.run.rows import Passage, RunRow


class Queue(NamedTuple):
    """Who waits for a journey's intake; those in shadow queue by themselves. `version` is that of the first."""

    journey: str
    shadow: bool
    version: int


class Queued(NamedTuple):
    """A run that waits for its journey's intake."""

    id: UUID
    customer: UUID


_LATEST = text("""
    SELECT journey_id, customer_id, key, asked.shadow, max(entered_at) FROM run
    JOIN unnest(CAST(:journeys AS text[]), CAST(:customers AS uuid[]), CAST(:keys AS text[]), CAST(:shadows AS integer[]))
        AS asked (journey_id, customer_id, key, shadow) USING (journey_id, customer_id, key)
    WHERE asked.shadow = CASE WHEN run.shadow THEN run.version ELSE 0 END
    GROUP BY journey_id, customer_id, key, asked.shadow
""")

_QUEUES = text("""
    SELECT journey.id, kind.shadow, oldest.version
    FROM journey, (VALUES (false), (true)) AS kind (shadow), LATERAL (
        SELECT version FROM run WHERE journey_id = journey.id AND status = 'queued' AND run.shadow = kind.shadow
        ORDER BY entered_at LIMIT 1
    ) AS oldest
    WHERE NOT kind.shadow OR journey.shadow_version IS NOT NULL
""")

_CLAIM_INTAKE = text("SELECT pg_try_advisory_xact_lock(7365003, hashtext(:journey))")

_STARTED = text("""
    SELECT count(*) FROM run WHERE journey_id = :journey AND started_at > :since AND shadow = :shadow
""")

_FRONT = text("""
    SELECT id, customer_id FROM run WHERE journey_id = :journey AND status = 'queued' AND shadow = :shadow
    ORDER BY entered_at, id LIMIT :limit
""")

_BEGIN = text("""
    UPDATE run SET status = 'running', started_at = :now, last_command = last_command + 1
    WHERE id = ANY(CAST(:ids AS uuid[])) AND status = 'queued'
    RETURNING id, journey_id, last_command
""")

_GOALS = text("""
    SELECT DISTINCT journey_id, jsonb_path_query(program, '$.goal.triggers[*].events[*]') #>> '{}' FROM journey_version
""")


_RUN = {
    "id": "uuid",
    "journey_id": "text",
    "version": "integer",
    "customer_id": "uuid",
    "key": "text",
    "status": "text",
    "leaving": "text",
    "ended_reason": "text",
    "ended_at": "timestamptz",
    "ghost": "boolean",
    "shadow": "boolean",
    "number": "integer",
    "state": "jsonb",
    "listens": "jsonb",
    "heard": "bigint",
    "last_command": "integer",
    "entry": "jsonb",
    "gathered": "jsonb",
    "time_scale": "float8",
    "depth": "smallint",
    "entered_at": "timestamptz",
    "started_at": "timestamptz",
    "converted_at": "timestamptz",
    "conversion_value": "float8",
}
"""The columns of a new run."""

_ENTER = text(f"""
    INSERT INTO run ({", ".join(_RUN)})
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row ({", ".join(f"{name} {kind}" for name, kind in _RUN.items())})
    ON CONFLICT (id) DO NOTHING
""")


async def latest(tx: Transaction, passages: Collection[Passage]) -> dict[Passage, datetime]:
    """When each of them was last begun; those that never were are left out."""
    if not passages:
        return {}
    parameters = {
        "journeys": [passage.journey for passage in passages],
        "customers": [passage.customer for passage in passages],
        "keys": [passage.key for passage in passages],
        "shadows": [passage.shadow for passage in passages],
    }
    found = await tx.execute(_LATEST, parameters)
    return {Passage(journey, customer, key, shadow): at for journey, customer, key, shadow, at in found}


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
            "shadow": run.shadow,
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
    await tx.execute(_ENTER, {"rows": orjson.dumps(rows).decode()})


async def queues(tx: Transaction) -> list[Queue]:
    """The queues that somebody stands in."""
    return [Queue(*row) for row in await tx.execute(_QUEUES)]


async def claim_intake(tx: Transaction, journey: str) -> bool:
    """Whether this transaction alone may take runs from the journey's queue, until it ends."""
    return bool((await tx.execute(_CLAIM_INTAKE, {"journey": journey})).scalar_one())


async def started_since(tx: Transaction, queue: Queue, now: datetime, span: timedelta) -> int:
    """How many runs of this queue's kind were started within `span` before now."""
    asked = {"journey": queue.journey, "shadow": queue.shadow, "since": now - span}
    return int((await tx.execute(_STARTED, asked)).scalar_one())


async def front(tx: Transaction, queue: Queue, limit: int) -> list[Queued]:
    """The next in the queue, in the order in which they came."""
    asked = {"journey": queue.journey, "shadow": queue.shadow, "limit": limit}
    return [Queued(*row) for row in await tx.execute(_FRONT, asked)]


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
