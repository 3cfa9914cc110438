"""Explain, run list and audit over a million runs and ten million decisions, one call after the other.

The rows are made by SQL. Floor of each: hand-written SQL for the same page, by psycopg, its rows not made into
anything. Of every statement that a call sends, the plan is asked for: a sequential scan of a table that grows is
counted, and there must be none.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import md5
from typing import Any
from uuid import UUID

import psycopg
import uvloop

from benchmarks.measuring.cpu import Span
from benchmarks.measuring.results import Measured, Row, goal, row
from benchmarks.measuring.size import Size
from benchmarks.stack.database import Own, opened, own_postgres, publish
from benchmarks.stack.history import DECISIONS, fill
from benchmarks.stack.plans import scans
from store.database import Database, Transaction
from store.run import books, run_rows, stories
from store.run.run_rows import RunFilter

TITLE = "Explain, run list, audit"
NOTE = ""
CALLS = 30
LIMIT_MS = 200
JOURNEY = "journey: starting\nentry: {event: Ordered, again: always}\nsteps: [{id: hello, send: email/hello}]\n"
TEMPLATE = "---\nsubject: hello\n---\nHello.\n"

Call = Callable[[Transaction, int], Awaitable[object]]

_BY_HAND = {
    "explain a customer": """
        SELECT d.* FROM decision d WHERE customer_id = md5('customer' || %(n)s)::uuid ORDER BY at DESC LIMIT 2000""",
    "explain a run": "SELECT d.* FROM decision d WHERE run_id = md5('run' || %(n)s)::uuid ORDER BY at DESC LIMIT 2000",
    "list of runs": "SELECT * FROM run ORDER BY entered_at DESC, id DESC LIMIT 51",
    "list of a journey's runs": "SELECT * FROM run WHERE journey_id = 'starting' ORDER BY entered_at DESC, id DESC LIMIT 51",
    "list of a journey's runs by status": """
        SELECT * FROM run WHERE journey_id = 'starting' AND status = 'running' ORDER BY entered_at DESC, id DESC LIMIT 51""",
    "audit: the books": "SELECT journey_id, status, count(*) FROM run GROUP BY journey_id, status",
}


def _id(word: str, number: int) -> UUID:
    return UUID(md5(f"{word}{number}".encode(), usedforsecurity=False).hexdigest())


CALLS_OF: dict[str, Call] = {
    "explain a customer": lambda tx, n: stories.of_customer(tx, _id("customer", n), now=datetime.now(UTC)),
    "explain a run": lambda tx, n: stories.of_run(tx, _id("run", n), now=datetime.now(UTC)),
    "list of runs": lambda tx, n: run_rows.page(tx, RunFilter()),
    "list of a journey's runs": lambda tx, n: run_rows.page(tx, RunFilter(journey="starting")),
    "list of a journey's runs by status": lambda tx, n: run_rows.page(
        tx, RunFilter(journey="starting", status="running")
    ),
    "audit: the books": lambda tx, n: books.books(tx),
}
COUNTING = ("audit: the books",)
"""What has to look at every run, whatever the index: no plan is asked for."""


def measure(size: Size) -> Measured:
    """CPU per call; worker is the program that asks."""
    runs = size.of(1_000_000, 5_000)
    with own_postgres() as own:
        rows = uvloop.run(_measure(own, runs, size.pick(CALLS, 5)))
    ours = [one for one in rows if one.floor]
    goals = [goal(f"p99 of {one.name}", one.latency_ms["p99"], "most", LIMIT_MS, " ms") for one in ours]
    counted = sum(one.facts.get("sequential scans", 0) for one in ours)
    return Measured(rows=tuple(rows), goals=(*goals, goal("sequential scans of tables that grow", counted, "most", 0)))


async def _measure(own: Own, runs: int, calls: int) -> list[Row]:
    rows: list[Row] = []
    async with opened(own.url) as database:
        await publish(database, JOURNEY, hello=TEMPLATE)
        with psycopg.connect(own.url, autocommit=True) as connection:
            with own.processes.measure() as span:
                fill(connection, runs)
            rows.append(row("making the rows", span, runs * (1 + DECISIONS), processes=("postgres",)))
            for name, call in CALLS_OF.items():
                numbers = [1 + place * (runs // calls) for place in range(calls)]
                plain = await scans(database, call, numbers[0]) if name not in COUNTING else []
                span, latencies = await _timed(own, database, call, numbers)
                facts = {"sequential scans": float(len(plain))}
                rows.append(row(name, span, calls, latencies=latencies, floor=f"floor: {name}", facts=facts))
                rows.append(_by_hand(own, connection, name, numbers))
    return rows


async def _timed(own: Own, database: Database, call: Call, numbers: list[int]) -> tuple[Span, list[float]]:
    latencies = []
    with own.processes.measure() as span:
        for number in numbers:
            began = time.perf_counter()
            async with database.transaction() as tx:
                await call(tx, number)
            latencies.append(time.perf_counter() - began)
    return span, latencies


def _by_hand(own: Own, connection: psycopg.Connection[Any], name: str, numbers: list[int]) -> Row:
    latencies = []
    with own.processes.measure() as span:
        for number in numbers:
            began = time.perf_counter()
            connection.execute(_BY_HAND[name], {"n": number}).fetchall()
            latencies.append(time.perf_counter() - began)
    return row(f"floor: {name}", span, len(numbers), latencies=latencies)
