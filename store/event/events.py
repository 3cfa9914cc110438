"""Applied events: written by routing, in the order of their positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from pydantic import JsonValue
from sqlalchemy import text

from store.database import Transaction


@dataclass(frozen=True, slots=True)
class EventRow:
    """One applied event of a customer."""

    id: UUID
    position: int
    customer: UUID
    name: str
    type: str
    timestamp: datetime
    received_at: datetime
    properties: dict[str, JsonValue]
    context: dict[str, JsonValue]
    source: str
    message_id: str
    depth: int = 0


_POSITIONS = text("SELECT now(), ARRAY(SELECT nextval('event_position') FROM generate_series(1, :count)) AS positions")

_INSERT = text("""
    INSERT INTO event
        (id, position, customer_id, name, type, timestamp, received_at, properties, context, source, message_id, depth)
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
        id uuid, position bigint, customer uuid, name text, type text, timestamp timestamptz, received_at timestamptz,
        properties jsonb, context jsonb, source text, message_id text, depth smallint
    )
    ON CONFLICT DO NOTHING
""")


async def positions(tx: Transaction, count: int) -> tuple[datetime, list[int]]:
    """The transaction's time, and `count` rising positions. Take them under the locks of the customers they are for."""
    row = (await tx.execute(_POSITIONS, {"count": count})).one()
    return row.now, sorted(row.positions)


async def insert(tx: Transaction, rows: Sequence[EventRow]) -> None:
    """Adds them to the partitions of their months, or to the default one where a month has none.

    One JSON parameter: arrays of JSON text cost three times the CPU, for quoting.
    """
    if not rows:
        return
    await tx.execute(_INSERT, {"rows": orjson.dumps(rows).decode()})
