"""What rules ask about is loaded as it stands, and nothing else is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert

from domain.account import Account
from domain.errors import NotFound
from domain.events import EventName
from domain.ids import new_id
from domain.rules.facts import Facts, Happening, Needs, Reaction
from store.customer.facts import load, load_many
from store.database import Database, Transaction
from store.permission import grant, put_topic, suppress, withdraw
from store.tables.customers import Customer
from store.tables.events import Event
from store.tables.permissions import Topic

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACCOUNT = Account(timezone="Asia/Tokyo")
ADA, BOB = UUID(int=1), UUID(int=2)
RUN = UUID(int=7)
NOTHING = Needs()


@pytest.fixture
async def tx(db: Database) -> AsyncIterator[Transaction]:
    async with db.transaction() as transaction:
        await transaction.execute(
            insert(Customer),
            [
                {
                    "id": ADA,
                    "attributes": {"email": "Ada@Shop.test", "phone": "+1 (415) 555-2671", "timezone": "Europe/Berlin"},
                    "score": 80.5,
                },
                {"id": BOB, "attributes": {"phone": "0151"}, "score": 0},
            ],
        )
        yield transaction


async def happen(tx: Transaction, customer: UUID, name: str, at: datetime, **properties: Any) -> None:
    row = Event(
        id=new_id(),
        received_at=NOW,
        position=1,
        customer_id=customer,
        name=name,
        type="track",
        timestamp=at,
        properties=properties,
        context={},
        source="test",
        message_id=str(new_id()),
    )
    await tx.execute(insert(Event), row.model_dump())


async def ada(tx: Transaction, needs: Needs = NOTHING, **changes: Any) -> Facts:
    usual: dict[str, Any] = {"now": NOW, "account": ACCOUNT}
    return await load(tx, ADA, needs, **(usual | changes))


async def test_attributes_score_and_zone_are_always_there(tx: Transaction) -> None:
    facts = await ada(tx)
    assert (facts.now, facts.score, facts.zone) == (NOW, 80.5, ZoneInfo("Europe/Berlin"))
    assert facts.attributes["email"] == "Ada@Shop.test"


async def test_only_the_needed_history_is_loaded_and_nothing_of_the_future(tx: Transaction) -> None:
    for name in ("A", "B", "C"):
        for hours in (-1, 0, 1, 2, 3):
            await happen(tx, ADA, name, NOW - hours * HOUR, hours=hours)
    await happen(tx, BOB, "A", NOW)
    facts = await ada(tx, Needs(events={"A": 2 * HOUR, "B": None}))
    assert [(past.name, past.properties["hours"]) for past in facts.history] == [
        ("B", 3), ("B", 2), ("A", 1), ("B", 1), ("A", 0), ("B", 0)
    ]  # fmt: skip


async def test_a_run_adds_its_event_its_element_and_what_it_has_gathered(tx: Transaction) -> None:
    entry = {"properties": {"cart": "c1"}, "item": {"sku": "A"}, "inputs": {"limit": 5}}
    facts = await ada(tx, run={"id": RUN, "entry": entry, "gathered": {"code": "X"}})
    assert (facts.event, facts.item) == ({"cart": "c1"}, {"sku": "A"})
    assert facts.run == {"limit": 5, "code": "X"}
    manual = await ada(tx, run={"id": RUN, "entry": {}, "gathered": {}})
    assert (manual.event, manual.item, manual.run) == ({}, None, {})


async def test_reactions_are_those_of_people_to_messages_of_the_run(tx: Transaction) -> None:
    mine = {"run_id": str(RUN), "step": "send-a"}
    await happen(tx, ADA, EventName.MESSAGE_OPENED, NOW - HOUR, **mine, machine=False)
    await happen(tx, ADA, EventName.MESSAGE_OPENED, NOW - HOUR, **mine, machine=True)
    await happen(tx, ADA, EventName.MESSAGE_CLICKED, NOW, **mine, link="register")
    await happen(tx, ADA, EventName.MESSAGE_CLICKED, NOW, run_id=str(BOB), step="send-a")
    await happen(tx, ADA, "Order Completed", NOW, **mine)
    run = {"id": RUN, "entry": {}, "gathered": {}}
    facts = await ada(tx, Needs(reactions=True), run=run)
    assert facts.reactions == (
        Reaction("send-a", "opened", NOW - HOUR),
        Reaction("send-a", "clicked", NOW, "register"),
    )
    assert (await ada(tx, run=run)).reactions == ()


async def test_without_a_statement_the_accounts_default_decides(tx: Transaction) -> None:
    assert (await ada(tx, Needs(reachable=True))).reachable == {"email"}
    silent, open_handed = Account(implicit_consent=()), Account(implicit_consent=("email", "sms"))
    assert (await ada(tx, Needs(reachable=True), account=silent)).reachable == set()
    assert (await ada(tx, Needs(reachable=True), account=open_handed)).reachable == {"email", "sms"}
    assert (await ada(tx)).reachable == set()


async def test_the_newest_statement_counts(tx: Transaction) -> None:
    await withdraw(tx, ADA, channel="email", source="test", at=NOW)
    await grant(tx, ADA, channel="email", source="test", at=NOW - HOUR)
    await withdraw(tx, ADA, channel="sms", source="test", at=NOW - HOUR)
    await grant(tx, ADA, channel="sms", source="test", at=NOW)
    assert (await ada(tx, Needs(reachable=True))).reachable == {"sms"}


async def test_a_suppressed_address_is_not_reachable_however_it_is_written(tx: Transaction) -> None:
    await grant(tx, ADA, channel="sms", source="test", at=NOW)
    await suppress(tx, "email", "ada@shop.test", reason="complaint", at=NOW)
    await suppress(tx, "sms", "+14155552671", reason="stopped", at=NOW)
    assert (await ada(tx, Needs(reachable=True))).reachable == set()


async def test_who_has_no_address_is_not_reachable(tx: Transaction) -> None:
    generous = Account(implicit_consent=("email", "sms"))
    people = await load_many(tx, [BOB], Needs(reachable=True), now=NOW, account=generous)
    assert people[BOB].reachable == set()


async def test_a_topic_is_on_until_declined_unless_it_needs_an_opt_in(tx: Transaction) -> None:
    for topic in ("on", "declined", "asked", "asked-again", "never-asked"):
        await put_topic(tx, Topic(id=topic, opt_in="asked" in topic))
    await withdraw(tx, ADA, topic="declined", source="test", at=NOW)
    await grant(tx, ADA, topic="asked", source="test", at=NOW)
    await grant(tx, ADA, topic="asked-again", source="test", at=NOW - HOUR)
    await withdraw(tx, ADA, topic="asked-again", source="test", at=NOW)
    await grant(tx, ADA, topic="gone", source="test", at=NOW)
    assert (await ada(tx, Needs(topics=True))).subscribed == {"on", "asked"}


async def test_many_customers_are_loaded_with_as_few_queries_as_one(db: Database, tx: Transaction) -> None:
    statements: list[str] = []

    def count(*call: Any) -> None:
        statements.append(call[2])

    await happen(tx, BOB, "A", NOW)
    event.listen(db.engine.sync_engine, "before_cursor_execute", count)
    everything = Needs(events={"A": None}, reachable=True, topics=True)
    people = await load_many(tx, [ADA, BOB, UUID(int=3)], everything, now=NOW, account=ACCOUNT)
    event.remove(db.engine.sync_engine, "before_cursor_execute", count)
    assert set(people) == {ADA, BOB}
    assert people[BOB].history == [Happening("A", NOW, {}, 1)]
    assert people[BOB].zone == ZoneInfo("Asia/Tokyo")
    assert len(statements) == 2


async def test_a_customer_that_does_not_exist_is_not_found(tx: Transaction) -> None:
    with pytest.raises(NotFound):
        await load(tx, UUID(int=3), Needs(), now=NOW, account=ACCOUNT)
