"""Reactions in the ledger, on the timeline and in permissions."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.reactions import How
from store.customer import customers
from store.customer.merging import merge
from store.database import Database
from store.message import reactions
from store.permission import is_suppressed
from store.tables.permissions import Consent
from tests.store.ledger_rows import SENT, inbox_events, message_row, sent_message

LATER = SENT + timedelta(hours=1)


async def test_the_first_open_has_a_time_and_every_one_is_counted(db: Database) -> None:
    message = await sent_message(db)
    async with db.transaction() as tx:
        for minutes in (0, 5, 10, 65):
            assert await reactions.record(tx, message, "opened", at=LATER + timedelta(minutes=minutes))
    row = await message_row(db, message)
    assert (row["opens"], row["machine_opens"], row["opened_at"]) == (4, 0, LATER)
    events = await inbox_events(db)
    assert len(events) == 2, "one event a clock hour"


async def test_the_event_says_what_listening_runs_need(db: Database) -> None:
    message = await sent_message(db)
    async with db.transaction() as tx:
        await reactions.record(tx, message, "clicked", at=LATER, link="register")
    row = await message_row(db, message)
    (event,) = await inbox_events(db)
    assert event["name"] == "Message Clicked"
    assert event["identities"] == [f"customer_id:{row['customer_id']}"]
    assert event["applied"] is True
    assert event["properties"] == {
        "message_id": str(message),
        "run_id": str(row["run_id"]),
        "journey": "welcome",
        "step": "send-hello",
        "channel": "email",
        "template": "hello",
        "machine": False,
        "link": "register",
    }
    assert (row["clicks"], row["clicked_at"]) == (1, LATER)


async def test_links_are_told_apart_within_the_hour(db: Database) -> None:
    message = await sent_message(db)
    async with db.transaction() as tx:
        for link in ("register", "imprint", "register"):
            await reactions.record(tx, message, "clicked", at=LATER, link=link)
    assert [event["properties"]["link"] for event in await inbox_events(db)] == ["register", "imprint"]
    assert (await message_row(db, message))["clicks"] == 3


async def test_machines_are_counted_apart_and_do_not_hide_the_reader(db: Database) -> None:
    message = await sent_message(db)
    async with db.transaction() as tx:
        await reactions.record(tx, message, "opened", at=LATER, machine=True)
        await reactions.record(tx, message, "clicked", at=LATER, link="a", machine=True)
        await reactions.record(tx, message, "clicked", at=LATER + timedelta(minutes=1), link="a")
    row = await message_row(db, message)
    assert (row["opens"], row["machine_opens"], row["opened_at"]) == (0, 1, None)
    assert (row["clicks"], row["machine_clicks"]) == (1, 1)
    assert [event["properties"]["machine"] for event in await inbox_events(db)] == [True, True, False]


@pytest.mark.parametrize(
    ("before", "how", "after"),
    [
        ("handed_over", "delivered", "delivered"),
        ("unknown", "delivered", "delivered"),
        ("bounced", "delivered", "bounced"),
        ("claimed", "delivered", "claimed"),
        ("handed_over", "bounced", "bounced"),
        ("delivered", "bounced", "bounced"),
        ("complained", "bounced", "complained"),
        ("delivered", "complained", "complained"),
        ("delivered", "opened", "delivered"),
    ],
)
async def test_the_state_only_ever_moves_on(db: Database, before: str, how: How, after: str) -> None:
    message = await sent_message(db, state=before)
    async with db.transaction() as tx:
        assert await reactions.record(tx, message, how, at=LATER)
    row = await message_row(db, message)
    assert row["state"] == after
    assert row["delivered_at"] == (LATER if how == "delivered" else None)


async def test_a_report_that_is_repeated_is_one_event(db: Database) -> None:
    message = await sent_message(db)
    for hours in (0, 30):
        async with db.transaction() as tx:
            await reactions.record(tx, message, "bounced", at=LATER + timedelta(hours=hours))
    assert len(await inbox_events(db)) == 1


@pytest.mark.parametrize(
    ("how", "proof", "reason"),
    [
        ("bounced", {"permanent": True}, "hard_bounce"),
        ("bounced", {"permanent": False}, None),
        ("bounced", {}, None),
        ("complained", {}, "complaint"),
        ("opened", {}, None),
    ],
)
async def test_dead_addresses_and_complaints_are_never_written_to_again(
    db: Database, how: How, proof: dict[str, bool], reason: str | None
) -> None:
    message = await sent_message(db, address="Ada@Example.com")
    async with db.transaction() as tx:
        await reactions.record(tx, message, how, at=LATER, proof=proof)
        assert await is_suppressed(tx, "email", "ada@example.com") == reason


@pytest.mark.parametrize(
    ("topic", "topic_only", "expected"),
    [("news", True, (None, "news")), ("news", False, ("email", None)), (None, True, ("email", None))],
)
async def test_unsubscribing_is_a_statement_about_the_topic_or_the_channel(
    db: Database, topic: str | None, topic_only: bool, expected: tuple[str | None, str | None]
) -> None:
    message = await sent_message(db, topic=topic)
    async with db.transaction() as tx:
        await reactions.record(tx, message, "unsubscribed", at=LATER, topic_only=topic_only, proof={"way": "page"})
        (consent,) = (await tx.execute(select(Consent))).mappings()
    assert (consent["channel"], consent["topic"], consent["granted"]) == (*expected, False)
    assert consent["proof"] == {"way": "page", "message_id": str(message)}
    (event,) = await inbox_events(db)
    assert event["name"] == "Unsubscribed"
    assert event["properties"].get("topic") == expected[1]


async def test_who_unsubscribes_just_before_they_are_merged_has_said_so_afterwards(db: Database) -> None:
    """A merge moves what it finds when it begins: it waits for what the customer is saying."""
    message, other = await sent_message(db), await sent_message(db)
    loser, survivor = [(await message_row(db, one))["customer_id"] for one in (message, other)]

    async def merged() -> None:
        async with db.transaction() as tx:
            await customers.lock(tx, [loser, survivor])
            await merge(tx, survivor, loser)

    async with db.transaction() as tx:
        await reactions.record(tx, message, "unsubscribed", at=LATER)
        merging = asyncio.create_task(merged())
        await asyncio.wait({merging}, timeout=0.1)
    await merging
    async with db.transaction() as tx:
        assert (await tx.execute(select(Consent))).mappings().one()["customer_id"] == survivor


async def test_nobody_reacts_to_what_was_never_handed_over(db: Database) -> None:
    ghost = await sent_message(db, state="ghost")
    async with db.transaction() as tx:
        assert not await reactions.record(tx, ghost, "opened", at=LATER)
        assert not await reactions.record(tx, uuid4(), "opened", at=LATER)
    assert await inbox_events(db) == []


async def test_the_circumstances_of_a_click_are_seen_in_the_runs_time(db: Database) -> None:
    message = await sent_message(db, time_scale=60.0)
    async with db.transaction() as tx:
        hit = await reactions.circumstances(
            tx, message, "clicked", method="GET", user_agent="x", link="a", at=SENT + timedelta(seconds=1)
        )
    assert hit
    assert hit.after == timedelta(minutes=1)
    assert (hit.links_before, hit.last_link) == (0, None)


async def test_other_links_of_the_same_mail_followed_just_before_are_seen(db: Database) -> None:
    message, other = await sent_message(db), await sent_message(db)
    async with db.transaction() as tx:
        now = datetime.now(UTC) + timedelta(seconds=1)
        for link in ("a", "b", "mine"):
            await reactions.record(tx, message, "clicked", at=now, link=link)
        await reactions.record(tx, other, "clicked", at=now, link="c")
        hit = await reactions.circumstances(tx, message, "clicked", method="GET", user_agent="x", link="mine", at=now)
    assert hit
    assert hit.links_before == 2
    assert hit.last_link
    assert hit.last_link < timedelta(seconds=2)
