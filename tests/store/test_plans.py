"""What operators open and what a send asks is found by an index, however much there is: PostgreSQL is asked for its plans."""

import psycopg
from temporalio.testing import ActivityEnvironment

from benchmarks.reports import JOURNEY, TEMPLATE
from benchmarks.reports.asked import PAGES
from benchmarks.reports.history import fill
from benchmarks.reports.plans import Sent, as_if_grown, noted, read_whole, scans
from benchmarks.routing import accept_events, route_all
from benchmarks.stack.database import publish
from store.database import Database
from tests.fixtures.sending import two_sends

RUNS, TIMES = 40, 25_000
"""So many rows, each of which stands for so many: a million runs."""


async def add_a_million_runs(db: Database) -> None:
    await publish(db, JOURNEY, hello=TEMPLATE)
    with psycopg.connect(db.url, autocommit=True) as connection:
        fill(connection, RUNS)
    await as_if_grown(db, TIMES)


async def test_nothing_that_operators_open_reads_a_growing_table_from_end_to_end(db: Database) -> None:
    await add_a_million_runs(db)
    looked_up = [page for page in PAGES if page.is_looked_up]
    found = {page.name: await scans(db, page.call, 7, least=1) for page in looked_up}
    assert {name: whole for name, whole in found.items() if whole} == {}


async def test_nothing_that_a_send_asks_reads_a_growing_table_from_end_to_end(db: Database) -> None:
    async with two_sends(db) as (send, first, second):
        await ActivityEnvironment().run(send.send_message, first)
        await add_a_million_runs(db)
        with noted(db) as sent:
            await ActivityEnvironment().run(send.send_message, second)
    assert await read_whole(db, sent, least=1) == []


async def test_nothing_that_routing_asks_reads_a_growing_table_from_end_to_end(db: Database) -> None:
    async with two_sends(db):
        await add_a_million_runs(db)
        await accept_events(db, 2, "Ordered", "track")
        with noted(db) as sent:
            await route_all(db)
    assert await read_whole(db, sent, least=1) == []


async def test_a_statement_that_reads_everything_is_found_out(db: Database) -> None:
    await add_a_million_runs(db)
    sent: list[Sent] = [
        ("SELECT * FROM run WHERE gathered = '{}'", {}),
        ("SELECT * FROM run ORDER BY entered_at DESC LIMIT 3", {}),
    ]
    assert len(await read_whole(db, sent, least=1)) == 1
    never = "SELECT * FROM run WHERE gathered = '1' ORDER BY entered_at DESC LIMIT 3"
    assert len(await read_whole(db, [(never, {})], least=1)) == 1
