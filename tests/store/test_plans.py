"""Explain and lists find their rows by an index, however many there are: PostgreSQL is asked for its plans."""

import psycopg
import pytest

from benchmarks.reports import CALLS_OF, COUNTING, JOURNEY, TEMPLATE
from benchmarks.stack.database import publish
from benchmarks.stack.history import fill
from benchmarks.stack.plans import scans
from store.database import Database
from store.message import message_rows
from store.message.message_rows import MessageFilter


@pytest.mark.parametrize("name", [name for name in CALLS_OF if name not in COUNTING])
async def test_nothing_that_operators_open_reads_a_growing_table_from_end_to_end(db: Database, name: str) -> None:
    await publish(db, JOURNEY, hello=TEMPLATE)
    with psycopg.connect(db.url, autocommit=True) as connection:
        fill(connection, 20)
    assert await scans(db, CALLS_OF[name], 7, forced=True) == []


async def test_the_newest_messages_are_found_by_an_index(db: Database) -> None:
    assert await scans(db, lambda tx, _: message_rows.page(tx, MessageFilter()), 0, forced=True) == []
