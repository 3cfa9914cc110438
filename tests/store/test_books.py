"""The books balance: entered = queued + running + leaving + paused + parked + ended (semantics 23)."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from store.database import Database
from store.run.books import Book, books
from store.run.entries import insert_runs
from store.run.rows import RunRow


def run(journey: str, status: str, **fields: Any) -> RunRow:
    usual: dict[str, Any] = {
        "version": 1,
        "customer": uuid4(),
        "key": "",
        "entered_at": datetime.now(UTC),
        "last_command": 1,
    }
    return RunRow(id=uuid4(), journey=journey, status=status, **usual | fields)


async def test_every_run_is_counted_under_its_status(db: Database) -> None:
    statuses = ["queued", "running", "running", "leaving", "paused", "parked", "ended"]
    async with db.transaction() as tx:
        await insert_runs(tx, [run("hello", status) for status in statuses] + [run("other", "ended")])
        hello, other = await books(tx)
    assert hello == Book("hello", queued=1, running=2, leaving=1, paused=1, parked=1, ended=1)
    assert (hello.entered, other.entered) == (7, 1)


async def test_runs_in_shadow_are_in_no_book(db: Database) -> None:
    async with db.transaction() as tx:
        await insert_runs(tx, [run("hello", "running"), run("hello", "running", shadow=True, version=2)])
        assert [book.entered for book in await books(tx)] == [1]


async def test_a_status_nobody_knows_is_not_swallowed(db: Database) -> None:
    async with db.transaction() as tx:
        await insert_runs(tx, [run("hello", "lost")])
        with pytest.raises(AssertionError, match="hello has 1 runs"):
            await books(tx)


async def test_a_run_is_inserted_once(db: Database) -> None:
    again = run("hello", "running")
    async with db.transaction() as tx:
        await insert_runs(tx, [again])
        again.status = "ended"
        await insert_runs(tx, [again])
        (book,) = await books(tx)
    assert (book.running, book.ended) == (1, 0)
