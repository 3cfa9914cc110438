"""SMS by the twilio SDK against a server that speaks Twilio's protocol."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from channels import sms_twilio
from channels.protocol import Answer, HandedOver, Misconfigured, Outgoing, Refused, Released, Unknown
from channels.sms_twilio import SmsTwilio
from runtime.stack.ports import free_port
from runtime.twilio_double.app import create_twilio_app
from runtime.twilio_double.exchange import Account, Exchange
from runtime.twilio_double.messages import Fault, Script
from tests.fixtures.loopback import serving

ACCOUNT = Account(sid="AC" + "0" * 32, token="token")


def text(**changes: str) -> Outgoing:
    usual = {"message_id": "m1", "to": "+14155552671", "sender": "+15005550006", "text": "退订 to stop"}
    return Outgoing.model_validate(usual | changes)


@pytest.fixture
async def twilio() -> AsyncIterator[tuple[Exchange, SmsTwilio, str]]:
    exchange = Exchange(ACCOUNT, pace=timedelta(0))
    async with serving(create_twilio_app(exchange)) as url:
        channel = SmsTwilio(ACCOUNT.sid, ACCOUNT.token, base_url=url, timeout=timedelta(seconds=0.5))
        yield exchange, channel, url
        await channel.close()


Twilio = tuple[Exchange, SmsTwilio, str]


async def test_a_text_is_handed_over_under_twilios_id(twilio: Twilio) -> None:
    exchange, channel, _ = twilio
    answer = await channel.hand_over(text())
    assert isinstance(answer, HandedOver)
    assert (answer.provider, answer.response, answer.price) == ("twilio", "queued", None)
    (taken,) = exchange.messages
    assert (taken.sid, taken.to, taken.sender, taken.body) == (
        answer.provider_id,
        "+14155552671",
        "+15005550006",
        "退订 to stop",
    )


async def test_a_messaging_service_sends_under_its_own_numbers(twilio: Twilio) -> None:
    exchange, _, url = twilio
    service = SmsTwilio(ACCOUNT.sid, ACCOUNT.token, sender="MG1", base_url=url)
    assert isinstance(await service.hand_over(text()), HandedOver)
    await service.close()
    assert (exchange.messages[0].service, exchange.messages[0].sender) == ("MG1", None)


async def test_twilio_lists_what_it_took_for_a_number_since_then(twilio: Twilio) -> None:
    exchange, channel, _ = twilio
    began = datetime.now(UTC) - timedelta(seconds=1)
    await channel.hand_over(text())
    await channel.hand_over(text(to="+14155552672"))
    await exchange.write_back("+14155552671", "thanks")
    (taken,) = await channel.listed("+14155552671", began) or ()
    assert (taken.provider_id, taken.text) == (exchange.messages[0].sid, "退订 to stop")
    assert await channel.listed("+14155552671", datetime.now(UTC) + timedelta(seconds=1)) == []


async def test_a_list_that_cannot_be_had_or_is_too_long_says_nothing(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, channel, url = twilio
    began = datetime.now(UTC) - timedelta(seconds=1)
    stranger = SmsTwilio(ACCOUNT.sid, "another", base_url=url)
    nowhere = SmsTwilio(ACCOUNT.sid, ACCOUNT.token, base_url=f"http://127.0.0.1:{free_port()}")
    for one in (stranger, nowhere):
        assert await one.listed("+14155552671", began) is None
        await one.close()
    monkeypatch.setattr(sms_twilio, "MOST_LISTED", 2)
    for _ in range(2):
        await channel.hand_over(text())
    assert await channel.listed("+14155552671", began) is None


REFUSALS = [
    ("a number that is none", {"to": "+15005550001"}, Refused, "invalid_number", True),
    ("a number out of reach", {"to": "+15005550002"}, Refused, "21612", False),
    ("a country that is not allowed", {"to": "+15005550003"}, Refused, "21408", False),
    ("somebody who has stopped", {"to": "+15005550004"}, Refused, "stopped", True),
    ("a landline", {"to": "+15005550009"}, Refused, "not_mobile", True),
    ("a sender that is none", {"sender": "+15005550001"}, Misconfigured, "21212", None),
    ("a sender of somebody else", {"sender": "+15005550007"}, Misconfigured, "21606", None),
    ("a sender whose queue is full", {"sender": "+15005550008"}, Released, "21611", None),
    ("no text", {"text": ""}, Misconfigured, "21602", None),
    ("a text that is too long", {"text": "x" * 1601}, Misconfigured, "21617", None),
]


@pytest.mark.parametrize(
    ("message", "kind", "code", "is_dead"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
async def test_each_refusal_has_its_class(
    twilio: Twilio, message: dict[str, str], kind: type[Answer], code: str, is_dead: bool | None
) -> None:
    exchange, channel, _ = twilio
    answer = await channel.hand_over(text(**message))
    assert isinstance(answer, kind)
    assert not isinstance(answer, HandedOver | Unknown)
    assert answer.code == code
    if isinstance(answer, Refused):
        assert answer.address_is_dead is is_dead
    assert "+1500555" not in answer.reason, "a number has no place in an error"
    assert exchange.messages == []


FAULTS = [
    (Fault(status=429, code=20429, retry_after=7), Released),
    (Fault(status=503, retry_after=7), Released),
    (Fault(status=500), Unknown),
    (Fault(status=502, take=True), Unknown),
    (Fault(status=504), Unknown),
    (Fault(status=408), Unknown),
    (Fault(status=401, code=20003), Misconfigured),
    (Fault(status=403, code=20005), Misconfigured),
    (Fault(status=302), Misconfigured),
    (Fault(status=400, code=99999), Refused),
    (Fault(hang=True), Unknown),
    (Fault(hang=True, take=True), Unknown),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS, ids=lambda value: repr(value) if isinstance(value, Fault) else "")
async def test_each_trouble_has_its_class(twilio: Twilio, fault: Fault, kind: type[Answer]) -> None:
    exchange, channel, _ = twilio
    exchange.follow(Script(faults=(fault,)))
    answer = await channel.hand_over(text())
    assert isinstance(answer, kind)
    assert len(exchange.messages) == int(fault.take)
    if isinstance(answer, Released):
        assert answer.retry_after == timedelta(seconds=7)


async def test_a_wrong_token_is_our_mistake(twilio: Twilio) -> None:
    channel = SmsTwilio(ACCOUNT.sid, "wrong", base_url=twilio[2])
    answer = await channel.hand_over(text())
    await channel.close()
    assert answer == Misconfigured(code="20003", reason="the credentials were refused")


async def test_without_a_connection_nothing_was_taken() -> None:
    channel = SmsTwilio(ACCOUNT.sid, ACCOUNT.token, base_url=f"http://127.0.0.1:{free_port()}")
    answer = await channel.hand_over(text())
    await channel.close()
    assert isinstance(answer, Released)
    assert answer.code == "no_connection"


BROKEN: list[tuple[str, Callable[[asyncio.StreamWriter], None]]] = [
    ("cut off", lambda _: None),
    ("not JSON", lambda w: w.write(b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nfine")),
    ("without an id", lambda w: w.write(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")),
    ("not HTTP", lambda w: w.write(b"220 smtp ready\r\n")),
]


@pytest.mark.parametrize("write", [row[1] for row in BROKEN], ids=[row[0] for row in BROKEN])
async def test_an_answer_that_cannot_be_read_is_unknown(write: Callable[[asyncio.StreamWriter], None]) -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        write(writer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/proxy"
        channel = SmsTwilio(ACCOUNT.sid, ACCOUNT.token, base_url=url)
        assert isinstance(await channel.hand_over(text()), Unknown)
        await channel.close()


async def test_an_unknown_text_is_held_for_a_person() -> None:
    assert SmsTwilio.on_unknown == "hold"


async def test_the_double_lists_its_messages_as_twilio_does_and_as_a_phone(twilio: Twilio) -> None:
    exchange, channel, url = twilio
    await channel.hand_over(text(text="<b>Hi</b>"))
    await exchange.settled()
    async with httpx.AsyncClient(base_url=url, auth=(ACCOUNT.sid, ACCOUNT.token)) as client:
        listed = (await client.get(f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages.json?To=%2B14155552671")).json()
        (message,) = listed["messages"]
        assert (message["status"], message["price"]) == ("delivered", "-0.00790")
        assert (await client.get(message["uri"])).json() == message
        assert "&lt;b&gt;Hi&lt;/b&gt;" in (await client.get("/")).text
        await client.post("/reply", data={"from": "+14155552671", "body": "STOP"})
        assert "STOP" in (await client.get("/")).text
    answer = await channel.hand_over(text())
    assert isinstance(answer, Refused)
    assert answer.code == "stopped"
