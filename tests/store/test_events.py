"""Applied events: positions rise, and a month without a partition loses nothing."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import text

from store.database import Database
from store.event.events import EventRow, insert, positions


def row(position: int, received_at: datetime) -> EventRow:
    return EventRow(
        id=uuid4(),
        position=position,
        customer=uuid4(),
        name="Signed Up",
        type="track",
        timestamp=received_at,
        received_at=received_at,
        properties={"text": "ü€'\"\\", "n": 1.5, "list": [None, True]},
        context={},
        source="test",
        message_id="m",
    )


async def test_positions_rise_from_call_to_call(db: Database) -> None:
    async with db.transaction() as tx:
        now, first = await positions(tx, 3)
        _, second = await positions(tx, 2)
    assert first + second == sorted({*first, *second})
    assert now.tzinfo is not None


async def test_an_event_of_a_month_that_nobody_made_a_partition_for_is_kept(db: Database) -> None:
    old = row(1, datetime(2019, 5, 4, 3, 2, 1, 123456, tzinfo=UTC))
    async with db.transaction() as tx:
        await insert(tx, [old])
        found = (await tx.execute(text("SELECT tableoid::regclass::text AS part, * FROM event"))).mappings().one()
    assert found["part"] == "event_default"
    assert (found["received_at"], found["properties"]) == (old.received_at, old.properties)


async def test_the_same_event_twice_is_kept_once(db: Database) -> None:
    event = row(1, datetime.now(UTC))
    async with db.transaction() as tx:
        await insert(tx, [event])
        await insert(tx, [event])
        assert (await tx.execute(text("SELECT count(*) FROM event"))).scalar_one() == 1
