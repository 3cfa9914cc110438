"""`sojourn backtest` over a million recorded events: two mails, between them a wait for another event, half of the people with real
runs to compare with.

A fifth of the events start a run, a fifth are waited for, the rest only lie between; five for each customer. The command runs
as people run it, on all processors, and writes its page and everybody's story. Floor: the same events read by the same
cursors in one snapshot, and dropped. Memory is that of the command's processes together, looked at all the time.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg

from benchmarks.backtest import recorded
from benchmarks.backtest.watched import Watched, watch
from benchmarks.measuring.cpu import Span
from benchmarks.measuring.results import Goal, Measured, Row, goal, ratio, row
from benchmarks.measuring.size import Size
from benchmarks.stack.database import Own, opened, own_postgres, publish
from cli.backtest.running import PORTION
from domain.account import Account
from store.event.partitions import ensure_partitions
from store.recorded import people
from store.recorded.lives import Reach, lives
from store.recorded.people import Window
from store.recorded.snapshot import snapshot

TITLE = "Back-test"
NOTE = "Reading what was recorded is a sixth of it; the rest is the engine that runs live, in a process for each processor."
GOAL_MS = 0.6
"""CPU-ms per event."""
GOAL_SECONDS = 600.0
"""A million events, whatever the size of this one."""
GOAL_MB = 1_000.0
GOAL_GROWTH = 1.1
"""Peak of the last third of the time over that of the first: it does not grow with the events."""

TEXT = "---\nsubject: hello\n---\nHello {{ customer.first_name | default: 'you' }}\n"
BEGAN = timedelta(days=50)
"""Before now."""


def measure(size: Size) -> Measured:
    """CPU per recorded event; worker is the program that only reads, command all processes of the command."""
    events = size.of(1_000_000, 10_000)
    with own_postgres() as own:
        asyncio.run(_prepare(own, events // len(recorded.NAMES)))
        read = asyncio.run(_read(own))
        watched = watch(own)
    if watched.looked_at != events // len(recorded.NAMES):
        raise AssertionError(f"{watched.looked_at} people were looked at")
    rows = _rows(events, read, watched)
    return Measured(rows=rows, goals=_goals(rows[1], watched))


def _rows(events: int, read: Span, watched: Watched) -> tuple[Row, Row]:
    facts = {
        "peak memory MB": watched.peak_mb,
        "peak MB in the first third": watched.first_mb,
        "peak MB in the last third": watched.last_mb,
        "page kB": watched.page_kb,
    }
    floor = row("recorded event read", read, events)
    return floor, row(
        "recorded event tried",
        watched.span,
        events,
        processes=("command", "postgres"),
        floor=floor.name,
        facts=facts,
    )


def _goals(tried: Row, watched: Watched) -> tuple[Goal, ...]:
    seconds = tried.seconds * 1_000_000 / tried.items
    return (
        goal("CPU-ms per recorded event", tried.total_ms, "most", GOAL_MS),
        goal("a million events", seconds, "most", GOAL_SECONDS, " s"),
        goal("peak memory of all processes", watched.peak_mb, "most", GOAL_MB, " MB"),
        goal("memory, last third over first", ratio(watched.last_mb, watched.first_mb), "most", GOAL_GROWTH, "x"),
    )


async def _prepare(own: Own, customers: int) -> None:
    now = datetime.now(UTC)
    async with opened(own.url) as database:
        async with database.transaction() as tx:
            await ensure_partitions(tx, now - BEGAN, months_ahead=4)
        await publish(database, recorded.REAL, hello=TEXT, thanks=TEXT)
    with psycopg.connect(own.url, autocommit=True) as connection:
        recorded.fill(connection, customers, now - BEGAN)


async def _read(own: Own) -> Span:
    now = datetime.now(UTC)
    since = now - BEGAN
    window = Window(recorded.JOURNEY, since, now, {"Ordered"})
    reach = Reach(recorded.JOURNEY, since, now, {"Ordered", "Paid"}, Account().default_country)
    async with opened(own.url) as database:
        with own.processes.measure() as span:
            async with snapshot(database) as tx:
                found = [one async for one in people.ids(tx, window, Account(), now)]
                for first in range(0, len(found), PORTION):
                    async for _ in lives(tx, found[first : first + PORTION], reach):
                        pass
    return span
