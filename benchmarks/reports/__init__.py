"""What operators open, over a million runs and ten million decisions, one call after the other: explain, lists, audit, metrics.

The rows are made by SQL. Floor of each: hand-written SQL for the same page, by psycopg, its rows not made into
anything. Of every statement that a call sends, the plan is asked for: one that reads a table that grows from end to end is
counted, and there must be none.
"""

import time
from typing import Any

import psycopg
import uvloop

from benchmarks.measuring.cpu import Span
from benchmarks.measuring.results import Measured, Row, goal, row
from benchmarks.measuring.size import Size
from benchmarks.reports.asked import PAGES, Asked, Call
from benchmarks.reports.history import DECISIONS, fill
from benchmarks.reports.plans import scans
from benchmarks.stack.database import Own, opened, own_postgres, publish
from store.database import Database

TITLE = "Explain, run list, audit"
NOTE = ""
CALLS = 30
LIMIT_MS = 200
JOURNEY = "journey: starting\nentry: {event: Ordered, again: always}\nsteps: [{id: hello, send: email/hello}]\n"
TEMPLATE = "---\nsubject: hello\n---\nHello.\n"


def measure(size: Size) -> Measured:
    """CPU per call; worker is the program that asks."""
    runs = size.of(1_000_000, 5_000)
    with own_postgres() as own:
        rows = uvloop.run(_measure(own, runs, size.pick(CALLS, 5), is_large=not size.is_quick))
    ours = {one.name: one for one in rows if one.floor}
    limited = [ours[page.name] for page in PAGES if page.has_limit]
    goals = [goal(f"p99 of {one.name}", one.latency_ms["p99"], "most", LIMIT_MS, " ms") for one in limited]
    counted = sum(one.facts.get("read whole", 0) for one in ours.values())
    return Measured(rows=tuple(rows), goals=(*goals, goal("growing tables read from end to end", counted, "most", 0)))


async def _measure(own: Own, runs: int, calls: int, *, is_large: bool) -> list[Row]:
    """Of small tables the plans are not asked for: it is right to read them whole."""
    rows: list[Row] = []
    async with opened(own.url) as database:
        await publish(database, JOURNEY, hello=TEMPLATE)
        with psycopg.connect(own.url, autocommit=True) as connection:
            with own.processes.measure() as span:
                fill(connection, runs)
            rows.append(row("making the rows", span, runs * (1 + DECISIONS), processes=("postgres",)))
            for page in PAGES:
                numbers = [1 + place * (runs // calls) for place in range(calls)]
                whole = await scans(database, page.call, numbers[0]) if page.is_looked_up and is_large else []
                span, latencies = await _timed(own, database, page.call, numbers)
                facts = {"read whole": float(len(whole))} if whole else {}
                rows.append(row(page.name, span, calls, latencies=latencies, floor=f"floor: {page.name}", facts=facts))
                rows.append(_by_hand(own, connection, page, numbers))
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


def _by_hand(own: Own, connection: psycopg.Connection[Any], page: Asked, numbers: list[int]) -> Row:
    latencies = []
    with own.processes.measure() as span:
        for number in numbers:
            began = time.perf_counter()
            connection.execute(page.by_hand.encode(), {"n": number}).fetchall()
            latencies.append(time.perf_counter() - began)
    return row(f"floor: {page.name}", span, len(numbers), latencies=latencies)
