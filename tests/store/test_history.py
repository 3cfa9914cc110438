"""A customer's events as a waiting run reads them: after its place, up to its time, and what is still to come (semantics 14)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.events import AcceptedEvent
from domain.ids import new_id
from store.customer import customers, identities
from store.customer.customers import Person
from store.database import Database
from store.event import events, history
from store.event.events import EventRow
from store.event.inbox import accept

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(microseconds=1)


def applied(customer: UUID, position: int, at: datetime, name: str = "Ordered") -> EventRow:
    return EventRow(
        id=new_id(),
        position=position,
        customer=customer,
        name=name,
        type="track",
        timestamp=at,
        received_at=at,
        properties={},
        context={},
        source="test",
        message_id=str(position),
        depth=0,
    )


async def test_what_was_applied_after_a_position_and_accepted_by_a_moment(db: Database) -> None:
    customer = new_id()
    async with db.transaction() as tx:
        rows = [applied(customer, 1, NOW), applied(customer, 3, NOW), applied(customer, 2, NOW)]
        rows += [applied(customer, 4, LATER), applied(customer, 5, NOW, "Paid"), applied(new_id(), 6, NOW)]
        await events.insert(tx, rows)
        in_time = await history.after(tx, customer, 1, ["Ordered"], NOW)
        all_ = await history.after(tx, customer, 1, ["Ordered"], None)
    assert [past.position for past in in_time] == [2, 3]
    assert [past.position for past in all_] == [2, 3, 4]


def accepted(key: str) -> AcceptedEvent:
    return AcceptedEvent(
        type="track", name="Ordered", identities=(key,), message_id=key, source="test", timestamp=NOW, received_at=NOW
    )


async def test_what_is_accepted_and_not_applied_is_pending_by_whatever_key_it_names(db: Database) -> None:
    ann, bob, carl = new_id(), new_id(), new_id()
    async with db.transaction() as tx:
        await customers.save(tx, [Person(id, {}, is_new=True) for id in (ann, bob, carl)])
        await identities.add(tx, [("user_id:ann", ann), ("user_id:bob", bob), ("user_id:carl", carl)])
        await accept(tx, [accepted("user_id:ann"), accepted(f"customer_id:{bob}")])
        assert [await history.is_pending(tx, customer) for customer in (ann, bob, carl)] == [True, True, False]
        assert await history.is_pending(tx, ann, until=NOW, names=["Ordered"])
        assert not await history.is_pending(tx, ann, until=NOW - timedelta(microseconds=1))
        assert not await history.is_pending(tx, ann, names=["Paid"])
