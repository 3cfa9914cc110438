"""The tallies say what a count says, whatever was written, summed up, or went past them."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import col

from store import tallies
from store.database import Database, Transaction
from store.metrics import depths
from store.run.entries import insert_runs
from store.run.rows import RunRow
from store.tables.messages import Message
from store.tables.runs import Run
from tests.store.ledger_rows import sent_message

COUNTED = """
    SELECT journey_id, version, shadow, status, CASE WHEN status <> 'ended' THEN step END, count(*)
    FROM run GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 4, 5
"""


def run(status: str = "running", journey: str = "hello") -> RunRow:
    now = datetime.now(UTC)
    return RunRow(
        id=uuid4(), journey=journey, version=1, customer=uuid4(), key="", status=status, entered_at=now, last_command=1
    )


async def change(tx: Transaction, one: UUID, **values: object) -> None:
    await tx.execute(update(Run).where(col(Run.id) == one).values(**values))


async def assert_right(tx: Transaction) -> None:
    assert [tuple(one) for one in await tallies.runs(tx)] == [tuple(row) for row in await tx.execute(text(COUNTED))]


async def test_entering_moving_ending_and_erasing_are_tallied(db: Database) -> None:
    runs = [run(), run(), run("queued"), run(journey="other")]
    async with db.transaction() as tx:
        await insert_runs(tx, runs)
        await insert_runs(tx, runs[:1])  # a second time is none
        await assert_right(tx)
        await change(tx, runs[0].id, step="mail", status="running")
        await change(tx, runs[1].id, status="ended", step="mail")
        await change(tx, runs[2].id, version=2)
        await change(tx, runs[0].id, number=7)
        await assert_right(tx)
        await tx.execute(delete(Run).where(col(Run.id) == runs[3].id))
        await assert_right(tx)
        assert [one.runs for one in await tallies.runs(tx, "other")] == []


async def test_what_is_rolled_back_is_not_tallied(db: Database) -> None:
    async with db.transaction() as tx:
        await insert_runs(tx, [run()])
        await tx.rollback()
    async with db.transaction() as tx:
        assert await tallies.runs(tx) == []


async def test_the_ledger_is_tallied_by_state(db: Database) -> None:
    message = await sent_message(db)
    await sent_message(db, state="bounced")
    async with db.transaction() as tx:
        assert await tallies.messages(tx) == {"bounced": 1, "handed_over": 1}
        await tx.execute(update(Message).where(col(Message.id) == message).values(state="delivered"))
        await tx.execute(update(Message).where(col(Message.id) == message).values(opens=1))
        assert await tallies.messages(tx) == {"bounced": 1, "delivered": 1}
        await tx.execute(delete(Message).where(col(Message.id) == message))
        assert (await depths(tx)).messages == {"bounced": 1}


async def test_summing_up_keeps_the_sums_and_few_rows(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MANY", 2)
    runs = [run() for _ in range(3)]
    async with db.transaction() as tx:
        await insert_runs(tx, runs)
        for one in runs:
            await change(tx, one.id, step="mail")
        await tallies.sum_up(tx)
        await assert_right(tx)
        assert (await tx.execute(text("SELECT count(*) FROM run_tally"))).scalar_one() == 1


async def test_who_comes_second_leaves_the_summing_to_the_first(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MANY", 0)
    async with db.transaction() as tx:
        await insert_runs(tx, [run()])
    async with db.transaction() as first, db.transaction() as second:
        await tallies.sum_up(first)
        await tallies.sum_up(second)
        await assert_right(second)


async def test_what_went_past_the_triggers_is_put_right(db: Database) -> None:
    async with db.transaction() as tx:
        await insert_runs(tx, [run(), run("parked")])
        await tx.execute(text("DELETE FROM run_tally WHERE status = 'parked'"))
        await tx.execute(text("INSERT INTO message_tally (state, change) VALUES ('bounced', 3)"))
        assert await tallies.correct(tx) == 2
        await assert_right(tx)
        assert await tallies.messages(tx) == {}
        assert await tallies.correct(tx) == 0
