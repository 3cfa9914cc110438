"""Routing: what an event costs that matches nothing, changes a profile, is asked about by a rule on the score, wakes a
run, or starts one. Batches of 500, one event per customer, beside an entry for another event.

Floor of each: the same outcome by SQL statements of a batch, written by hand: rows are read by the program, locked,
written and deleted by a handful of statements; nothing is decided.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import uvloop

from benchmarks.measuring.results import Measured, Row, goal, row
from benchmarks.measuring.size import Size
from benchmarks.stack.by_hand import route_by_hand
from benchmarks.stack.database import Own, opened, own_postgres, publish
from domain.events import AcceptedEvent, EventName
from routing.match.trigger_index import TriggerIndex
from routing.router import LIMIT, SLOTS, route_batch
from store.database import Database
from store.event.inbox import accept
from store.journey.catalog import Catalog

TITLE = "Routing"
NOTE = (
    "Two thirds are the worker's, a quarter of that waiting for the driver, the rest reading events, finding whose they are and "
    "writing them; the floor has the same statements written by hand and decides nothing."
)
GOAL_MS = 0.15

STARTING = """
journey: starting
entry: {event: Ordered, again: always}
steps: [{id: pause, wait: 30d}]
"""
ASKING = """
journey: asking
entry: {event: Asked, if: {score: {gte: 100}}}
steps: [{id: pause, wait: 30d}]
"""
LISTENS = '{"listens": [{"id": "pause", "kind": "event", "events": ["Answered"]}]}'

KINDS = {
    "matches nothing": ("Viewed", "track"),
    "changes the profile": (EventName.IDENTIFIED, "identify"),
    "a rule asks for the score": ("Asked", "track"),
    "starts a run": ("Ordered", "track"),
    "wakes a run": ("Answered", "track"),
}
"""In this order: the runs that are woken are those that were started."""


def measure(size: Size) -> Measured:
    """CPU per event: worker is the program that routes, postgres the server."""
    with own_postgres() as own:
        rows = uvloop.run(_measure(own, size.of(10_000, 1_000)))
    nothing = next(row for row in rows if row.name == "matches nothing")
    return Measured(
        rows=tuple(rows), goals=(goal("CPU-ms per event that matches nothing", nothing.total_ms, "most", GOAL_MS),)
    )


async def _measure(own: Own, count: int) -> list[Row]:
    rows: list[Row] = []
    async with opened(own.url) as database:
        await publish(database, STARTING)
        await publish(database, ASKING)
        await accept_events(database, count, EventName.IDENTIFIED, "identify")
        await route_all(database)
        for kind, (name, type_) in KINDS.items():
            with psycopg.connect(own.url, autocommit=True) as connection:
                if kind == "wakes a run":
                    connection.execute(
                        "DELETE FROM run a USING run b WHERE a.customer_id = b.customer_id AND a.id > b.id"
                    )
                    connection.execute("UPDATE run SET listens = %s::jsonb", [LISTENS])
                for statement in ("TRUNCATE command", "VACUUM ANALYZE"):
                    connection.execute(statement)
            await accept_events(database, count, name, type_)
            with own.processes.measure() as span:
                await route_all(database)
            rows.append(row(kind, span, count, floor=f"floor: {kind}"))
            await accept_events(database, count, name, type_)
            with own.processes.measure() as span:
                await asyncio.to_thread(route_by_hand, own.url, kind, LIMIT)
            rows.append(row(f"floor: {kind}", span, count))
    return rows


async def accept_events(database: Database, count: int, name: str, type_: str) -> None:
    """Puts an event of each of that many customers into the inbox."""
    for start in range(0, count, LIMIT):
        events = [_event(number, name, type_) for number in range(start, min(start + LIMIT, count))]
        async with database.transaction() as tx:
            await accept(tx, events)


def _event(number: int, name: str, type_: str) -> AcceptedEvent:
    now = datetime.now(UTC)
    said = {"path": f"/shop/{number}", "title": "A product", "price": number / 100, "tags": ["new", "blue"]}
    return AcceptedEvent.model_validate(
        {
            "type": type_,
            "name": name,
            "identities": (f"user_id:{number}",),
            "message_id": str(uuid4()),
            "source": "bench",
            "timestamp": now,
            "received_at": now,
            "properties": said if type_ == "track" else {},
            "traits": {"email": f"{number}@example.com", "seen_at": now.isoformat()} if type_ == "identify" else {},
        }
    )


async def route_all(database: Database) -> Sequence[int]:
    """Routes until the inbox is empty, and gives the sizes of the batches."""
    index, sizes = TriggerIndex(Catalog()), []
    while routed := (await route_batch(database, index, slots=4 * SLOTS)).events:
        sizes.append(routed)
    return sizes
