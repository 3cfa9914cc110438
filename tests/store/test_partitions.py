"""Months are made ahead of time, and a missing one never loses a row."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from store.database import Database, Transaction
from store.event.partitions import drop_expired, ensure_partitions, month_start, partition_name, partitions

FAR = datetime(2031, 12, 15, 12, tzinfo=UTC)

_EVENT = text(
    "INSERT INTO event (id, received_at, position, customer_id, name, type, timestamp, source, message_id) "
    "VALUES (:id, :moment, 1, :id, 'Signed Up', 'track', :moment, 'test', '')"
)


async def _count(transaction: Transaction, table: str) -> int:
    return int((await transaction.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


def test_months_are_counted_over_the_end_of_a_year() -> None:
    assert month_start(FAR, 1) == datetime(2032, 1, 1, tzinfo=UTC)
    assert month_start(FAR, -12) == datetime(2030, 12, 1, tzinfo=UTC)
    assert month_start(datetime(2031, 12, 31, 23, tzinfo=UTC) + timedelta(hours=1)) == datetime(2032, 1, 1, tzinfo=UTC)


async def test_a_migrated_database_has_this_month_and_the_next_two(db: Database) -> None:
    now = datetime.now(UTC)
    async with db.transaction() as transaction:
        for table in ("event", "decision"):
            expected = [partition_name(table, month_start(now, offset)) for offset in range(3)]
            assert await partitions(transaction, table) == expected
        assert await ensure_partitions(transaction, now) == []


async def test_what_landed_in_the_default_partition_moves_to_its_month(db: Database) -> None:
    moments = [FAR, datetime(2031, 12, 1, tzinfo=UTC), datetime(2032, 5, 1, tzinfo=UTC)]
    async with db.transaction() as transaction:
        for moment in moments:
            await transaction.execute(_EVENT, {"id": uuid4(), "moment": moment})
    async with db.transaction() as transaction:
        made = await ensure_partitions(transaction, FAR, months_ahead=0)
    assert made == ["event_2031_12", "decision_2031_12"]
    async with db.transaction() as transaction:
        assert await _count(transaction, "event_2031_12") == 2
        assert await _count(transaction, "event_default") == 1
        assert await _count(transaction, "event") == 3


async def test_an_expired_month_goes_as_a_whole_and_a_month_that_is_partly_needed_stays(db: Database) -> None:
    async with db.transaction() as transaction:
        await ensure_partitions(transaction, FAR, months_ahead=2)
        dropped = await drop_expired(transaction, "event", datetime(2032, 1, 20, tzinfo=UTC))
        assert dropped[-1] == "event_2031_12"
        assert await partitions(transaction, "event") == ["event_2032_01", "event_2032_02"]
