"""A back-test: recorded events through a journey with a mail, a wait for another event and a second mail.

A fifth of the events start a run, a fifth are waited for, the rest only lie between; five for each customer. Floor: the
same events read by the same cursors in the same snapshot, and dropped.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg

from benchmarks.measuring.cpu import Span
from benchmarks.measuring.results import Measured, goal, row
from benchmarks.measuring.size import Size
from benchmarks.stack.database import Own, opened, own_postgres, publish
from cli.backtest.choosing import choose
from cli.backtest.running import PORTION
from cli.backtest.working import Task, Worker
from lab.backtest.assessing import Result
from lab.backtest.hearing import entries_of
from lab.backtest.replaying import Draft
from store.recorded import people
from store.recorded.lives import lives
from store.recorded.people import Window
from store.recorded.snapshot import share, snapshot

TITLE = "Back-test"
NOTE = ""
GOAL_MS = 1.0
"""CPU-ms per event: a million events in minutes on a handful of processors."""
EVENTS_OF_A_CUSTOMER = 5
SPAN = timedelta(days=60)

JOURNEY = """
journey: tried
entry: {event: Ordered}
steps:
  - {id: hello, send: email/hello}
  - id: pays
    wait_for: {event: Paid, within: 3d}
    then: [{id: thanks, send: email/thanks}]
"""
_CUSTOMERS = """
    INSERT INTO customer (id, attributes)
    SELECT md5('customer' || n)::uuid, jsonb_build_object('email', n || '@example.com') FROM generate_series(1, %(people)s) n
"""
_EVENTS = """
    INSERT INTO event (id, received_at, position, customer_id, name, type, timestamp, properties, context, source, message_id)
    SELECT md5('event' || n || '/' || e)::uuid, at, n * 5 + e, md5('customer' || n)::uuid,
           (ARRAY['Viewed', 'Ordered', 'Viewed', 'Paid', 'Viewed'])[e], 'track', at, '{"total": 12, "path": "/shop/1"}', '{}',
           'shop', n || '/' || e
      FROM generate_series(1, %(people)s) n, generate_series(1, 5) e,
           LATERAL (SELECT now() - interval '50 days' + interval '1 second' * (n %% 2000000) + interval '6 hours' * e AS at) moment
"""


def measure(size: Size) -> Measured:
    """CPU per recorded event: worker is a process of the command."""
    events = size.of(1_000_000, 10_000)
    with own_postgres() as own:
        asyncio.run(_prepare(own, events // EVENTS_OF_A_CUSTOMER))
        read = asyncio.run(_read(own))
        tried = asyncio.run(_try(own))
    rows = (
        row("recorded event read", read, events),
        row("recorded event tried", tried, events, floor="recorded event read"),
    )
    return Measured(rows=rows, goals=(goal("CPU-ms per recorded event", rows[1].total_ms, "most", GOAL_MS),))


async def _prepare(own: Own, customers: int) -> None:
    async with opened(own.url) as database:
        text = "---\nsubject: hello\n---\nHello {{ customer.first_name | default: 'you' }}\n"
        await publish(database, JOURNEY, hello=text, thanks=text)
    with psycopg.connect(own.url, autocommit=True) as connection:
        connection.execute(_CUSTOMERS, {"people": customers})
        connection.execute(_EVENTS, {"people": customers})
        connection.execute("VACUUM ANALYZE")


async def _asked(own: Own) -> tuple[Task, Window, datetime]:
    now = datetime.now(UTC)
    async with opened(own.url) as database, database.transaction() as tx:
        chosen = await choose(tx, "tried", None)
    draft = Draft(chosen.program, chosen.stock, chosen.account, chosen.topics, now - SPAN, now)
    task = Task(own.url, draft, timedelta(minutes=15), None, listing=False)
    return task, Window("tried", draft.since, draft.until, entries_of(chosen.program)), now


async def _read(own: Own) -> Span:
    task, window, now = await _asked(own)
    async with opened(own.url) as database:
        with own.processes.measure() as span:
            async with snapshot(database) as tx:
                portion = [one async for one in people.ids(tx, window, task.draft.account, now)]
                for first in range(0, len(portion), PORTION):
                    async for _ in lives(tx, portion[first : first + PORTION], task.reach):
                        pass
    return span


async def _try(own: Own) -> Span:
    """In one process: what several share out among them is the same."""
    task, window, now = await _asked(own)
    worker, result = Worker(task), Result()
    async with opened(own.url) as database, snapshot(database) as tx:
        name = await share(tx)
        with own.processes.measure() as span:
            found = [one async for one in people.ids(tx, window, task.draft.account, now)]
            for first in range(0, len(found), PORTION):
                result.add((await worker.assess(found[first : first + PORTION], name)).result)
    await worker.database.close()
    if not result.draft.sends.total():
        raise AssertionError("nobody was sent anything")
    return span
