"""Accepting events: once each, in order, without locking each other out."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text

from domain.events import AcceptedEvent
from domain.ids import slot_of
from store.database import Database
from store.event.inbox import CHANNEL, accept, forget, notify

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def event(message_id: str, *, source: str = "shop", user: str = "42", name: str = "Order Completed") -> AcceptedEvent:
    return AcceptedEvent(
        type="track",
        name=name,
        identities=(f"user_id:{user}", 'anonymous_id:a, "quoted" {1}'),
        message_id=message_id,
        source=source,
        timestamp=NOW,
        received_at=NOW,
        properties={"total": 99.5, "items": [{"sku": "ä-1"}], "nothing": None},
    )


async def rows(db: Database) -> list[AcceptedEvent]:
    async with db.transaction() as tx:
        bodies = (await tx.execute(text("SELECT body FROM inbox ORDER BY id"))).scalars()
        return [AcceptedEvent.model_validate(body) for body in bodies]


async def test_an_accepted_event_reads_back_as_it_was_given(db: Database) -> None:
    given = event("m-1")
    async with db.transaction() as tx:
        assert await accept(tx, [given]) == [True]
    assert await rows(db) == [given]
    async with db.transaction() as tx:
        row = (await tx.execute(text("SELECT slot, identities, name, received_at FROM inbox"))).one()
    assert row.slot == slot_of("user_id:42")
    assert row.identities == list(given.identities)
    assert (row.name, row.received_at) == ("Order Completed", NOW)


async def test_the_same_message_id_of_a_source_is_one_event(db: Database) -> None:
    async with db.transaction() as tx:
        assert await accept(tx, [event("m-1"), event("m-2"), event("m-1")]) == [True, True, False]
    async with db.transaction() as tx:
        assert await accept(tx, [event("m-2"), event("m-3"), event("m-1", source="app")]) == [False, True, True]
    assert [(kept.source, kept.message_id) for kept in await rows(db)] == [
        ("shop", "m-1"),
        ("shop", "m-2"),
        ("shop", "m-3"),
        ("app", "m-1"),
    ]


async def test_two_sources_may_use_the_same_message_id_also_in_one_commit(db: Database) -> None:
    async with db.transaction() as tx:
        assert await accept(tx, [event("m-1"), event("m-1", source="app")]) == [True, True]
    async with db.transaction() as tx:
        assert await accept(tx, [event("m-1"), event("m-1", source="site")]) == [False, True]
    assert [kept.source for kept in await rows(db)] == ["shop", "app", "site"]


async def test_a_message_id_is_a_new_event_once_it_is_forgotten(db: Database) -> None:
    async with db.transaction() as tx:
        assert await accept(tx, [event("m-1")]) == [True]
        seen: datetime = (await tx.execute(text("SELECT seen_at FROM event_key"))).scalar_one()
        await forget(tx, seen)
        assert await accept(tx, [event("m-1")]) == [False]
        await forget(tx, seen + timedelta(seconds=1))
        assert await accept(tx, [event("m-1")]) == [True]


async def test_events_of_one_call_keep_their_order_although_keys_are_sorted(db: Database) -> None:
    given = [event(f"m-{number:03}") for number in (7, 3, 9, 1, 5)]
    async with db.transaction() as tx:
        await accept(tx, given)
    assert await rows(db) == given


async def test_nothing_to_accept_is_fine(db: Database) -> None:
    async with db.transaction() as tx:
        assert await accept(tx, []) == []


async def test_an_event_of_a_transaction_that_rolls_back_was_never_there(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction() as tx:
            await accept(tx, [event("m-1")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with db.transaction() as tx:
        assert await accept(tx, [event("m-1")]) == [True]


async def test_transactions_with_the_same_events_in_other_orders_do_not_deadlock(db: Database) -> None:
    given = [event(f"m-{number}") for number in range(200)]

    async def take(events: list[AcceptedEvent]) -> int:
        async with db.transaction() as tx:
            return sum(await accept(tx, events))

    new = await asyncio.gather(*(take(given[start:] + given[:start]) for start in range(0, 200, 25)))
    assert sum(new) == 200
    assert len(await rows(db)) == 200


async def test_routers_hear_of_new_events_and_many_calls_share_a_notification(db: Database, database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        await asyncio.gather(*(notify(db) for _ in range(50)))
        heard = [notice async for notice in listener.notifies(timeout=0.2)]
    assert 1 <= len(heard) <= 3
