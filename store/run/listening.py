"""Runs as routing sees them: what they listen for, and what it changes in them. The customers' row locks are held."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from store.database import Transaction, array_of
from store.run.rows import RunRow

_COLUMNS = """
    id, journey_id, version, customer_id, key, status, entered_at, ghost, shadow, leaving, ended_reason, ended_at,
    listens -> 'listens' AS listens, heard, last_command, entry, gathered, time_scale, depth, converted_at, conversion_value
"""

_LIVING = text(f"""
    SELECT {_COLUMNS} FROM run
    WHERE customer_id = ANY(CAST(:customers AS uuid[])) AND status <> 'ended' ORDER BY entered_at, id
""")

_UNCONVERTED = text(f"""
    SELECT {_COLUMNS} FROM run
    WHERE customer_id = ANY(CAST(:customers AS uuid[])) AND status = 'ended' AND converted_at IS NULL
        AND journey_id = ANY(:journeys)
    ORDER BY entered_at, id
""")

_FIRST_SENDS = text("""
    SELECT run_id, min(claimed_at) FROM message
    WHERE run_id = ANY(CAST(:runs AS uuid[])) AND state NOT IN ('released', 'refused') GROUP BY run_id
""")

_SAVE = text("""
    UPDATE run SET
        status = new.status, leaving = new.leaving, ended_reason = new.ended_reason, ended_at = new.ended_at,
        last_command = new.last_command, entry = new.entry, gathered = new.gathered,
        converted_at = new.converted_at, conversion_value = new.conversion_value
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:statuses AS text[]), CAST(:leavings AS text[]), CAST(:reasons AS text[]),
        CAST(:ends AS timestamptz[]), CAST(:commands AS integer[]), CAST(CAST(:entries AS text[]) AS jsonb[]),
        CAST(CAST(:gathered AS text[]) AS jsonb[]), CAST(:conversions AS timestamptz[]), CAST(:values AS float8[])
    ) AS new (
        id, status, leaving, ended_reason, ended_at, last_command, entry, gathered, converted_at, conversion_value
    )
    WHERE run.id = new.id
""")


async def living(tx: Transaction, customers: Collection[UUID]) -> list[RunRow]:
    """Every run of these customers that has not ended, the oldest first."""
    found = await tx.execute(_LIVING, {"customers": array_of(customers)})
    return [_row(row) for row in found.mappings()]


async def unconverted(tx: Transaction, customers: Collection[UUID], journeys: Collection[str]) -> list[RunRow]:
    """The ended runs of these customers in these journeys that never met their goal."""
    if not customers or not journeys:
        return []
    found = await tx.execute(_UNCONVERTED, {"customers": list(customers), "journeys": list(journeys)})
    return [_row(row) for row in found.mappings()]


async def first_sends(tx: Transaction, runs: Collection[UUID]) -> dict[UUID, datetime]:
    """When each run's first message was claimed; runs that have sent nothing are left out."""
    if not runs:
        return {}
    found = await tx.execute(_FIRST_SENDS, {"runs": list(runs)})
    return {run: at for run, at in found}  # noqa: C416  rows are not pairs to a type checker


async def save(tx: Transaction, runs: Sequence[RunRow]) -> None:
    """Writes what routing may change: status and reasons, the numbering of commands, the entry, the conversion."""
    if not runs:
        return
    await tx.execute(
        _SAVE,
        {
            "ids": [run.id for run in runs],
            "statuses": [run.status for run in runs],
            "leavings": [run.leaving for run in runs],
            "reasons": [run.ended_reason for run in runs],
            "ends": [run.ended_at for run in runs],
            "commands": [run.last_command for run in runs],
            "entries": [orjson.dumps(run.entry).decode() for run in runs],
            "gathered": [orjson.dumps(run.gathered).decode() for run in runs],
            "conversions": [run.converted_at for run in runs],
            "values": [run.conversion_value for run in runs],
        },
    )


def _row(row: RowMapping) -> RunRow:
    known = {name: row[name] for name in RunRow.__slots__ if name in row}
    return RunRow(journey=row["journey_id"], customer=row["customer_id"], **known | {"listens": row["listens"] or []})
