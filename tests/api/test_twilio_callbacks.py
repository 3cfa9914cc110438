"""Twilio's call-backs, against a double that signs and sends them as Twilio does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy import insert, text

from api.app import create_app
from channels.protocol import HandedOver, Outgoing
from channels.sms_twilio import SmsTwilio
from domain.ids import new_id
from runtime.settings import Settings
from runtime.twilio_double.app import create_twilio_app
from runtime.twilio_double.exchange import Account, Exchange, sign
from runtime.twilio_double.messages import Fate, Script
from store.database import Database
from store.permission import STOPPED, is_suppressed, suppress
from store.tables.customers import Customer
from store.tables.messages import Message
from tests.api.conftest import Inbox
from tests.fixtures.loopback import serving

SID, TOKEN = "AC" + "0" * 32, "token"
NUMBER = "+14155552671"
ADA = UUID(int=1)
AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"twilio_account_sid": SID, "twilio_auth_token": SecretStr(TOKEN)})


class Phones:
    """The API behind a socket, and the double that calls it back."""

    def __init__(self, exchange: Exchange, channel: SmsTwilio, api: str, db: Database) -> None:
        self.exchange, self.channel, self.api, self.db = exchange, channel, api, db

    async def send(self, message: UUID, **changes: Any) -> str:
        """Hands a message of the ledger over, and writes what became of it as the ledger does."""
        await claimed(self.db, message, **changes)
        url = f"{self.api}/callbacks/twilio/status/{message}"
        outgoing = Outgoing(message_id=str(message), to=NUMBER, sender="+15005550006", text="Hi", callback_url=url)
        answer = await self.channel.hand_over(outgoing)
        assert isinstance(answer, HandedOver)
        async with self.db.transaction() as tx:
            await tx.execute(
                text("UPDATE message SET state = 'handed_over', provider = 'twilio', provider_id = :sid WHERE id = :id"
                     " AND state = 'claimed'"),
                {"sid": answer.provider_id, "id": message},
            )  # fmt: skip
        return answer.provider_id

    async def state(self, message: UUID) -> dict[str, Any]:
        async with self.db.transaction() as tx:
            found = await tx.execute(text("SELECT * FROM message WHERE id = :id"), {"id": message})
            return dict(found.mappings().one())

    async def consents(self) -> list[tuple[UUID, str, bool]]:
        async with self.db.transaction() as tx:
            found = await tx.execute(text("SELECT customer_id, channel, granted FROM consent ORDER BY at, customer_id"))
            return [(row[0], row[1], row[2]) for row in found]

    async def suppressed(self) -> str | None:
        async with self.db.transaction() as tx:
            return await is_suppressed(tx, "sms", NUMBER)


async def claimed(db: Database, message: UUID, **changes: Any) -> None:
    usual: dict[str, Any] = {
        "id": message,
        "customer_id": ADA,
        "journey_id": "cart",
        "version": 1,
        "run_id": uuid4(),
        "step": "send-offer",
        "visit": 1,
        "attempt": 1,
        "channel": "sms",
        "template": "offer",
        "template_version": 1,
        "address": NUMBER,
        "content_hash": "",
        "content": {},
        "answer": {},
        "claimed_at": AT,
        "lease_until": AT,
    }
    async with db.transaction() as tx:
        await tx.execute(insert(Message), Message(**(usual | changes)).model_dump())


async def person(db: Database, customer: UUID, number: str) -> None:
    row = {"id": customer, "attributes": {"phone": number}}
    async with db.transaction() as tx:
        await tx.execute(insert(Customer), row)


@pytest.fixture
async def phones(settings: Settings, db: Database) -> AsyncIterator[Phones]:
    app: FastAPI = create_app(settings)
    async with serving(app) as api:
        app.state.resources.settings = settings.model_copy(update={"public_url": f"{api}/"})
        account = Account(sid=SID, token=TOKEN, inbound_url=f"{api}/callbacks/twilio/inbound")
        exchange = Exchange(account, pace=timedelta(milliseconds=20))
        async with serving(create_twilio_app(exchange)) as twilio:
            channel = SmsTwilio(SID, TOKEN, base_url=twilio)
            await person(db, ADA, NUMBER)
            yield Phones(exchange, channel, api, db)
            await channel.close()


async def test_a_delivery_is_recorded_and_becomes_an_event(phones: Phones, inbox: Inbox) -> None:
    message = new_id()
    await phones.send(message)
    await phones.exchange.settled()
    found = await phones.state(message)
    assert found["state"] == "delivered"
    assert found["delivered_at"] is not None
    event = await inbox.only()
    assert (event.name, event.identities) == ("Message Delivered", (f"customer_id:{ADA}",))
    assert (event.properties["message_id"], event.properties["channel"]) == (str(message), "sms")


FATES = [
    (Fate(callbacks="twice"), "delivered", ["Message Delivered"], None),
    (Fate(callbacks="reversed"), "delivered", ["Message Delivered"], None),
    (Fate(callbacks="none"), "handed_over", [], None),
    (Fate(status="sent"), "handed_over", [], None),
    (Fate(status="undelivered", error_code=30003), "bounced", ["Message Bounced"], None),
    (Fate(status="failed", error_code=30005), "bounced", ["Message Bounced"], "hard_bounce"),
    (Fate(status="failed", error_code=30005, callbacks="reversed"), "bounced", ["Message Bounced"], "hard_bounce"),
    (Fate(status="failed", error_code=21610), "bounced", ["Message Bounced"], STOPPED),
]


@pytest.mark.parametrize(("fate", "state", "names", "suppressed"), FATES, ids=[repr(row[0]) for row in FATES])
async def test_call_backs_may_come_twice_and_in_any_order(
    phones: Phones, inbox: Inbox, fate: Fate, state: str, names: list[str], suppressed: str | None
) -> None:
    phones.exchange.follow(Script(fates={NUMBER: fate}))
    message = new_id()
    await phones.send(message)
    await phones.exchange.settled()
    assert (await phones.state(message))["state"] == state
    assert [event.name for event in await inbox.events()] == names
    assert await phones.suppressed() == suppressed


def report(status: str, **more: str) -> dict[str, str]:
    return {"MessageSid": "SM1", "MessageStatus": status, "AccountSid": SID, **more}


async def call(phones: Phones, path: str, form: dict[str, str], *, token: str = TOKEN) -> httpx.Response:
    url = f"{phones.api}{path}"
    async with AsyncClient(trust_env=False) as client:
        return await client.post(url, data=form, headers={"X-Twilio-Signature": sign(token, url, form)})


@pytest.mark.parametrize(("status", "state"), [("sent", "claimed"), ("delivered", "delivered"), ("failed", "bounced")])
async def test_a_report_may_overtake_our_own_record(phones: Phones, status: str, state: str) -> None:
    message = new_id()
    await claimed(phones.db, message)
    await call(phones, f"/callbacks/twilio/status/{message}", report(status))
    found = await phones.state(message)
    assert found["state"] == state
    assert found["provider_id"] == (None if state == "claimed" else "SM1")


@pytest.mark.parametrize(
    ("status", "state"), [("sent", "handed_over"), ("delivered", "delivered"), ("failed", "bounced")]
)
async def test_a_report_settles_an_unknown_hand_over(phones: Phones, status: str, state: str) -> None:
    message = new_id()
    await claimed(phones.db, message, state="unknown")
    assert (await call(phones, f"/callbacks/twilio/status/{message}", report(status))).status_code == 204
    found = await phones.state(message)
    assert (found["state"], found["provider"], found["provider_id"]) == (state, "twilio", "SM1")
    assert found["handed_over_at"] is not None
    assert found["answer"]["resolved_by"] == "call-back"


async def test_a_late_sent_after_delivered_changes_nothing(phones: Phones, inbox: Inbox) -> None:
    message = new_id()
    sid = await phones.send(message)
    await phones.exchange.settled()
    before = await phones.state(message)
    await call(phones, f"/callbacks/twilio/status/{message}", report("sent") | {"MessageSid": sid})
    assert await phones.state(message) == before
    assert len(await inbox.events()) == 1


async def test_a_message_is_found_by_twilios_id_too(phones: Phones) -> None:
    message = new_id()
    await claimed(phones.db, message, state="handed_over", provider="twilio", provider_id="SM1")
    assert (await call(phones, "/callbacks/twilio/status", report("delivered"))).status_code == 204
    assert (await phones.state(message))["state"] == "delivered"


async def test_a_report_about_nothing_we_know_is_answered_and_dropped(phones: Phones, inbox: Inbox) -> None:
    for path in ("/callbacks/twilio/status", f"/callbacks/twilio/status/{new_id()}"):
        for form in (report("delivered"), report("read me"), {"MessageStatus": "delivered"}):
            assert (await call(phones, path, form)).status_code == 204
    assert await inbox.events() == []


async def test_what_twilio_has_not_signed_is_refused(phones: Phones, inbox: Inbox) -> None:
    message = new_id()
    await claimed(phones.db, message, state="handed_over")
    path = f"/callbacks/twilio/status/{message}"
    assert (await call(phones, path, report("delivered"), token="guessed")).status_code == 403
    async with AsyncClient(trust_env=False) as client:
        unsigned = await client.post(f"{phones.api}{path}", data=report("delivered"))
        form = {"MessageSid": "SM2", "From": NUMBER, "Body": "STOP"}
        elsewhere = {"X-Twilio-Signature": sign(TOKEN, f"{phones.api}{path}", form)}
        moved = await client.post(f"{phones.api}/callbacks/twilio/inbound", data=form, headers=elsewhere)
    for answer in (unsigned, moved):
        assert answer.status_code == 403
        assert answer.json()["code"] == "bad_signature"
    assert (await phones.state(message))["state"] == "handed_over"
    assert await phones.suppressed() is None
    assert await inbox.events() == []


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Unsubscribe", "退订", "取消訂閱"])
async def test_stop_suppresses_the_number_and_withdraws_consent(phones: Phones, inbox: Inbox, word: str) -> None:
    message, twin = new_id(), UUID(int=2)
    await person(phones.db, twin, NUMBER)
    await person(phones.db, UUID(int=3), "+14155550000")
    await claimed(phones.db, message, state="handed_over")
    assert await phones.exchange.write_back(NUMBER, word) == 200
    assert await phones.suppressed() == STOPPED
    assert sorted(await phones.consents()) == [(ADA, "sms", False), (twin, "sms", False)]
    events = await inbox.events()
    assert [event.name for event in events] == ["Unsubscribed", "Unsubscribed"]
    assert {event.properties.get("message_id") for event in events} == {str(message), None}


async def test_start_takes_stop_back(phones: Phones, inbox: Inbox) -> None:
    await phones.exchange.write_back(NUMBER, "STOP")
    await phones.exchange.write_back(NUMBER, "START")
    assert await phones.suppressed() is None
    assert [granted for _, _, granted in await phones.consents()] == [False, True]
    assert [event.name for event in await inbox.events()] == ["Unsubscribed", "Subscribed"]


async def test_start_does_not_revive_a_dead_number(phones: Phones) -> None:
    async with phones.db.transaction() as tx:
        await suppress(tx, "sms", NUMBER, reason="not_mobile", at=AT)
    await phones.exchange.write_back(NUMBER, "START")
    assert await phones.suppressed() == "not_mobile"


async def test_any_other_text_is_a_reply_to_the_last_message(phones: Phones, inbox: Inbox) -> None:
    first, last = new_id(), new_id()
    await claimed(phones.db, first, state="delivered")
    await claimed(phones.db, last, state="delivered", claimed_at=AT + timedelta(days=1))
    await claimed(phones.db, new_id(), state="refused", claimed_at=AT + timedelta(days=2))
    assert await phones.exchange.write_back(NUMBER, "Please stop by at noon \x00") == 200
    event = await inbox.only()
    assert (event.name, event.properties["message_id"]) == ("Message Replied", str(last))
    assert await phones.suppressed() is None


async def test_a_text_from_a_stranger_is_answered(phones: Phones, inbox: Inbox) -> None:
    assert await phones.exchange.write_back("+14155559999", "Who is this?") == 200
    assert await inbox.events() == []
    assert await phones.exchange.write_back("+14155559999", "STOP") == 200
    async with phones.db.transaction() as tx:
        assert await is_suppressed(tx, "sms", "+14155559999") == STOPPED


async def test_without_a_token_nothing_is_heard(app: FastAPI, client: AsyncClient) -> None:
    app.state.resources.settings = app.state.resources.settings.model_copy(update={"twilio_auth_token": SecretStr("")})
    headers = {"X-Twilio-Signature": sign("", "http://api/callbacks/twilio/inbound", {})}
    assert (await client.post("/callbacks/twilio/inbound", headers=headers)).status_code == 403
