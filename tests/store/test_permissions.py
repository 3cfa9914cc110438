"""The ledger of permissions on a real database."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from domain.account import Account, AccountQuietHours
from domain.durations import Rate
from domain.gate import Cap, Defer, GateFacts, Go, QuietPeriod, Said, Skip, ask
from domain.ids import new_id
from domain.program import QuietHours
from store.database import Database, Transaction
from store.permission import (
    STOPPED,
    SendQuestion,
    gate_facts,
    grant,
    is_suppressed,
    list_topics,
    put_topic,
    suppress,
    unsuppress,
    withdraw,
)
from store.tables.messages import Message
from store.tables.permissions import Topic

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
ACCOUNT = Account()
ADA = UUID(int=1)
RUN = UUID(int=7)


def question(**changes: Any) -> SendQuestion:
    usual: dict[str, Any] = {
        "customer_id": ADA,
        "attributes": {"email": "Ada@Shop.test", "phone": "(415) 555-2671", "timezone": "Europe/Berlin"},
        "run_id": RUN,
        "step": "send-offer",
        "visit": 1,
        "template": "offer",
        "channels": ("sms", "email"),
        "providers": frozenset({"email", "sms"}),
    }
    return SendQuestion(**(usual | changes))


async def facts(tx: Transaction, **changes: Any) -> dict[str, GateFacts]:
    account = changes.pop("account", ACCOUNT)
    return {fact.channel: fact for fact in await gate_facts(tx, question(**changes), account=account, now=NOW)}


async def sent(tx: Transaction, age: timedelta, **changes: Any) -> None:
    usual: dict[str, Any] = {
        "id": new_id(),
        "customer_id": ADA,
        "journey_id": "welcome",
        "version": 1,
        "run_id": uuid4(),
        "step": "send-offer",
        "visit": 1,
        "attempt": 1,
        "channel": "email",
        "template": "hello",
        "template_version": 1,
        "state": "handed_over",
        "address": "ada@shop.test",
        "content_hash": "",
        "content": {},
        "answer": {},
        "claimed_at": NOW - age,
        "lease_until": NOW - age,
    }
    await tx.execute(insert(Message), Message(**(usual | changes)).model_dump())


async def test_a_customer_of_whom_nothing_is_known_has_the_accounts_defaults(db: Database) -> None:
    async with db.transaction() as tx:
        found = await facts(tx)
    assert list(found) == ["sms", "email"]
    assert found["email"] == GateFacts(channel="email", address="ada@shop.test", implied=True)
    assert found["sms"] == GateFacts(channel="sms", address="+14155552671", implied=False)


async def test_the_newest_statement_by_its_time_counts(db: Database) -> None:
    async with db.transaction() as tx:
        await withdraw(tx, ADA, channel="sms", source="STOP", at=NOW - timedelta(hours=1))
        await grant(tx, ADA, channel="sms", source="form", at=NOW - timedelta(days=2), proof={"ip": "192.0.2.1"})
        await grant(tx, ADA, topic="news", source="form", at=NOW - timedelta(days=2))
        await withdraw(tx, uuid4(), channel="email", source="somebody else", at=NOW)
        found = await facts(tx, topic="news")
    assert found["sms"].said == Said(granted=False, at=NOW - timedelta(hours=1), source="STOP")
    assert found["email"].said is None
    assert found["email"].topic_said == Said(granted=True, at=NOW - timedelta(days=2), source="form")


async def test_of_two_statements_of_one_moment_the_later_one_counts(db: Database) -> None:
    async with db.transaction() as tx:
        await grant(tx, ADA, channel="email", source="form", at=NOW)
        await asyncio.sleep(0.002)  # ids of one millisecond are in no order
        await withdraw(tx, ADA, channel="email", source="link", at=NOW)
        said = (await facts(tx))["email"].said
    assert said == Said(granted=False, at=NOW, source="link")


async def test_a_statement_is_about_one_thing(db: Database) -> None:
    async with db.transaction() as tx:
        for channel, topic in ((None, None), ("sms", "news")):
            with pytest.raises(ValueError, match="exactly one"):
                await grant(tx, ADA, source="form", at=NOW, channel=channel, topic=topic)


async def test_topics_say_what_silence_means(db: Database) -> None:
    async with db.transaction() as tx:
        await put_topic(tx, Topic(id="offers", title="Offers", opt_in=True))
        await put_topic(tx, Topic(id="news", title="News"))
        await put_topic(tx, Topic(id="news", title="Product news"))
        assert [(topic.id, topic.title, topic.opt_in) for topic in await list_topics(tx)] == [
            ("news", "Product news", False),
            ("offers", "Offers", True),
        ]
        implied = {topic: (await facts(tx, topic=topic))["email"].topic_implied for topic in ("news", "offers", "gone")}
    assert implied == {"news": True, "offers": False, "gone": None}


async def test_a_suppressed_address_is_found_however_it_is_written(db: Database) -> None:
    async with db.transaction() as tx:
        assert await suppress(tx, "email", "ADA@shop.test", reason="bounced", source="smtp", at=NOW)
        assert await suppress(tx, "sms", "+1 415 555 2671", reason=STOPPED, at=NOW, customer_id=ADA)
        assert not await suppress(tx, "email", "ada@shop.test", reason="complained", at=NOW)
        assert await is_suppressed(tx, "email", "Ada@SHOP.test") == "bounced"
        assert await is_suppressed(tx, "sms", "ada@shop.test") is None
        found = await facts(tx)
    assert (found["email"].suppressed, found["sms"].suppressed) == ("bounced", STOPPED)


async def test_start_lifts_a_stop_and_revives_nothing_that_is_dead(db: Database) -> None:
    async with db.transaction() as tx:
        await suppress(tx, "sms", "+14155552671", reason=STOPPED, at=NOW)
        assert await unsuppress(tx, "sms", "+14155552671", only=STOPPED)
        assert not await unsuppress(tx, "sms", "+14155552671", only=STOPPED)
        await suppress(tx, "sms", "+14155552671", reason=STOPPED, at=NOW)
        await suppress(tx, "sms", "+14155552671", reason="not_mobile", at=NOW)
        assert not await unsuppress(tx, "sms", "+14155552671", only=STOPPED)
        assert await is_suppressed(tx, "sms", "+14155552671") == "not_mobile"
        assert await unsuppress(tx, "sms", "+14155552671")


async def test_caps_count_marketing_that_went_out_or_may_have(db: Database) -> None:
    caps = {"all": Rate(count=3, per=WEEK), "sms": Rate(count=1, per=WEEK)}
    async with db.transaction() as tx:
        for state in ("released", "refused", "ghost"):
            await sent(tx, timedelta(days=1), state=state)
        await sent(tx, timedelta(days=1), purpose="transactional")
        await sent(tx, timedelta(days=1), customer_id=uuid4())
        await sent(tx, WEEK)
        assert (await facts(tx, caps=caps))["email"].caps == (Cap(name="all", rate=caps["all"], used=0),)
        await sent(tx, timedelta(days=6), state="delivered")
        await sent(tx, timedelta(days=2), state="unknown", channel="sms")
        found = await facts(tx, caps=caps)
    assert found["email"].caps == (Cap(name="all", rate=caps["all"], used=2),)
    used_up = Cap(name="sms", rate=caps["sms"], used=1, frees_at=NOW + timedelta(days=5))
    assert sorted(found["sms"].caps, key=lambda cap: cap.name) == [*found["email"].caps, used_up]


async def test_a_used_up_cap_frees_when_enough_of_it_has_left_the_span(db: Database) -> None:
    caps = {"email": Rate(count=2, per=WEEK)}
    async with db.transaction() as tx:
        for days in (6, 5, 1):
            await sent(tx, timedelta(days=days))
        (cap,) = (await facts(tx, caps=caps))["email"].caps
    assert (cap.used, cap.frees_at) == (2, NOW + timedelta(days=2))


async def test_a_send_does_not_count_against_itself(db: Database) -> None:
    caps = {"email": Rate(count=1, per=WEEK)}
    async with db.transaction() as tx:
        await sent(tx, timedelta(hours=1), state="unknown", run_id=RUN, template="offer")
        assert (await facts(tx, caps=caps, once=True))["email"].sent_before is False
        assert (await facts(tx, caps=caps))["email"].caps[0].used == 0
        assert (await facts(tx, caps=caps, visit=2))["email"].caps[0].used == 1


async def test_once_ever_asks_for_the_template_in_all_runs(db: Database) -> None:
    async with db.transaction() as tx:
        await sent(tx, timedelta(days=700), template="offer", state="ghost")
        assert (await facts(tx, once=True))["email"].sent_before is False
        await sent(tx, timedelta(days=700), template="offer", channel="sms")
        assert (await facts(tx, once=True))["email"].sent_before is True
        assert (await facts(tx))["email"].sent_before is False


async def test_the_journey_speaks_before_the_account(db: Database) -> None:
    account = Account(
        quiet_hours=AccountQuietHours(start="21:00", end="08:00"),
        caps={"all": Rate(count=3, per=WEEK), "email": Rate(count=1, per=WEEK)},
    )
    async with db.transaction() as tx:
        silent = (await facts(tx, account=account))["email"]
        own = {"caps": {"email": Rate(count=9, per=WEEK)}, "quiet_hours": QuietHours(start="20:00", end="07:00")}
        spoken = (await facts(tx, account=account, **own))["email"]
    assert silent.quiet == QuietPeriod(start="21:00", end="08:00", zone="Europe/Berlin")
    assert {cap.name: cap.rate.count for cap in silent.caps} == {"all": 3, "email": 1}
    assert spoken.quiet == QuietPeriod(start="20:00", end="07:00", zone="Europe/Berlin")
    assert {cap.name: cap.rate.count for cap in spoken.caps} == {"all": 3, "email": 9}


async def test_scaled_time_shortens_the_span_of_a_cap(db: Database) -> None:
    caps = {"email": Rate(count=1, per=WEEK)}
    async with db.transaction() as tx:
        await sent(tx, timedelta(seconds=8))
        assert (await facts(tx, caps=caps, time_scale=86400))["email"].caps[0].used == 0
        await sent(tx, timedelta(seconds=5))
        (cap,) = (await facts(tx, caps=caps, time_scale=86400))["email"].caps
    assert (cap.used, cap.frees_at) == (1, NOW + timedelta(seconds=2))


async def test_the_facts_lead_to_a_verdict(db: Database) -> None:
    caps = {"sms": Rate(count=1, per=WEEK)}
    async with db.transaction() as tx:
        assert isinstance(ask(await gate_facts(tx, question(caps=caps), account=ACCOUNT, now=NOW), NOW), Go)
        await grant(tx, ADA, channel="sms", source="form", at=NOW)
        await sent(tx, timedelta(days=1), channel="sms")
        asked = await gate_facts(tx, question(caps=caps), account=ACCOUNT, now=NOW)
        assert isinstance(ask(asked, NOW), Skip)
        assert isinstance(ask(asked, NOW, if_blocked="wait"), Defer)


async def test_a_channel_without_provider_or_address_says_so(db: Database) -> None:
    async with db.transaction() as tx:
        found = await facts(tx, providers=frozenset({"email"}), attributes={"email": "not an address", "phone": 12})
    assert (found["email"].provider, found["email"].address) == (True, None)
    assert (found["sms"].provider, found["sms"].address) == (False, None)


async def test_a_version_in_shadow_counts_its_own_messages_and_not_those_of_the_live_one(db: Database) -> None:
    """As if it were live: its twin's messages do not use up its caps, those of other journeys do."""
    rate = Rate(count=9, per=timedelta(days=7))
    async with db.transaction() as tx:
        await sent(tx, timedelta(hours=1), version=1)
        await sent(tx, timedelta(hours=1), version=2, state="ghost")
        await sent(tx, timedelta(hours=1), version=2, state="ghost")
        await sent(tx, timedelta(hours=1), journey_id="other")
        await sent(tx, timedelta(hours=1), journey_id="other", state="ghost")
        live = await facts(tx, caps={"email": rate}, journey="welcome")
        shadow = await facts(tx, caps={"email": rate}, journey="welcome", shadow=2)
    assert [cap.used for cap in live["email"].caps] == [2]
    assert [cap.used for cap in shadow["email"].caps] == [3]
