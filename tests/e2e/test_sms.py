"""SMS through a double of Twilio's API that signs and calls back as Twilio does (semantics 18, 20, 21)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from activities.sending import tracing
from runtime import upkeep
from runtime.settings import Settings
from runtime.twilio_double.app import create_twilio_app
from runtime.twilio_double.exchange import Account, Exchange
from runtime.twilio_double.messages import VALID_SENDER, Fate, Fault, Script
from tests.fixtures.loopback import serving
from tests.fixtures.world import World

SID, TOKEN = "AC" + "0" * 32, "token"
PHONE = "+14155552671"
TEXTS = """
journey: texts
entry: {event: Signed Up}
steps:
  - {id: hi, send: {template: hi, channel: sms, purpose: transactional}}
  - {id: after, set: {texted: true}}
"""

pytestmark = pytest.mark.usefixtures("impatient")


@dataclass
class Door:
    """The API's address on the network, known before the API is there."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self.app(scope, receive, send)


@pytest.fixture
async def exchange() -> Exchange:
    account = Account(SID, TOKEN)
    return Exchange(account, pace=timedelta(milliseconds=10))


@pytest.fixture
async def world_settings(world_settings: Settings, exchange: Exchange) -> AsyncIterator[Settings]:
    async with serving(create_twilio_app(exchange)) as url:
        yield world_settings.model_copy(
            update={
                "twilio_account_sid": SID,
                "twilio_auth_token": SecretStr(TOKEN),
                "twilio_sender": VALID_SENDER,
                "twilio_base_url": url,
            }
        )
        await exchange.close()


async def sign_up(world: World, journey: str = TEXTS, **traits: str) -> None:
    await world.template("hi", "Hi {{ customer.first_name | default: 'you' }}", channel="sms")
    await world.publish(journey)
    await world.identify("ada", phone=PHONE, **traits)
    await world.track("ada", "Signed Up")


@pytest.mark.parametrize("fault", [Fault(status=429, code=20429), Fault(status=503)])
async def test_a_provider_that_is_busy_gets_one_text_later(world: World, exchange: Exchange, fault: Fault) -> None:
    exchange.follow(Script(faults=(fault,)))
    await sign_up(world)
    await world.run_in("texts", "ended")
    assert [message["state"] for message in await world.messages("ada")] == ["released", "handed_over"]
    assert [sms.body for sms in exchange.messages] == ["Hi you"]


@pytest.mark.parametrize("was_sent", [True, False])
async def test_nobody_knows_whether_it_was_taken_until_a_person_says_so(
    world: World, exchange: Exchange, was_sent: bool
) -> None:
    exchange.follow(Script(faults=(Fault(status=500, take=was_sent),), fates={PHONE: Fate(callbacks="none")}))
    await sign_up(world)
    parked = await world.run_in("texts", "parked")
    assert parked["parked"]["code"] == "unknown"
    (message,) = await world.messages("ada")
    assert (message["state"], message["unknown_count"]) == ("unknown", 1)
    word = {"as": "sent" if was_sent else "not_sent"}
    answer = await world.admin.post(f"/v1/messages/{message['id']}/resolve", json=word)
    assert answer.is_success, answer.text
    await world.run_in("texts", "ended")
    assert len(exchange.messages) == 1
    states = [one["state"] for one in await world.messages("ada")]
    assert states == (["handed_over"] if was_sent else ["released", "handed_over"])
    assert (await world.customer("ada"))["attributes"]["texted"] is True
    again = await world.admin.post(f"/v1/messages/{message['id']}/resolve", json=word)
    assert again.status_code == 409


async def test_retrying_a_run_does_not_hand_an_unknown_text_over_again(world: World, exchange: Exchange) -> None:
    exchange.follow(Script(faults=(Fault(status=500, take=True),), fates={PHONE: Fate(callbacks="none")}))
    await sign_up(world)
    parked = await world.run_in("texts", "parked")
    await world.insist(parked["id"], "retry")
    await world.run_in("texts", "parked")
    assert len(exchange.messages) == 1


@pytest.mark.parametrize("was_sent", [True, False])
@pytest.mark.usefixtures("_often")
async def test_twilios_own_list_says_what_became_of_it(
    world: World, exchange: Exchange, was_sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "LEASES_LATER", 0)
    exchange.follow(Script(faults=(Fault(status=500, take=was_sent),), fates={PHONE: Fate(callbacks="none")}))
    await sign_up(world)
    run = await world.run_in("texts", "ended")
    assert run["ended_reason"] == "finished"
    assert [sms.body for sms in exchange.messages] == ["Hi you"]
    first, *others = await world.messages("ada")
    assert (first["state"], first["unknown_count"]) == ("handed_over" if was_sent else "released", 1)
    assert [other["state"] for other in others] == ([] if was_sent else ["handed_over"])
    if was_sent:
        assert first["provider_id"] == exchange.messages[0].sid


@pytest.fixture
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "OFTEN", timedelta(milliseconds=200))


class TestCallBacks:
    """The double reaches the API."""

    @pytest.fixture
    async def door(self) -> AsyncIterator[tuple[Door, str]]:
        door = Door()
        async with serving(door) as url:
            yield door, url

    @pytest.fixture
    def world_settings(self, world_settings: Settings, door: tuple[Door, str]) -> Settings:
        return world_settings.model_copy(update={"public_url": door[1]})

    @pytest.fixture
    async def world(self, world: World, door: tuple[Door, str]) -> World:
        door[0].app = world.app
        return world

    async def test_a_call_back_says_that_it_was_delivered(self, world: World) -> None:
        await sign_up(world)
        message = await world.message_in("ada", "delivered")
        assert message["provider_id"].startswith("SM")
        (event,) = await world.events("ada", "Message Delivered")
        assert event["detail"]["properties"]["message_id"] == message["id"]

    @pytest.mark.usefixtures("_often")
    async def test_a_call_back_settles_what_nobody_knew(self, world: World, exchange: Exchange) -> None:
        exchange.follow(Script(faults=(Fault(status=500, take=True),)))
        await sign_up(world)
        run = await world.run_in("texts", "ended")
        assert run["ended_reason"] == "finished"
        (message,) = await world.messages("ada")
        assert (message["state"], message["unknown_count"]) == ("delivered", 1)
        assert len(exchange.messages) == 1

    async def test_a_number_that_cannot_be_texted_is_suppressed_and_the_mail_goes_instead(self, world: World) -> None:
        await world.template("hi")
        either = TEXTS.replace("channel: sms", "channel: [sms, email]")
        await world.template("hi", "Hi", channel="sms")
        await world.publish(either)
        await world.identify("ada", phone="+15005550009", email=world.address("ada"))
        await world.track("ada", "Signed Up")
        await world.run_in("texts", "ended")
        states = [(message["channel"], message["state"]) for message in await world.messages("ada")]
        assert states == [("sms", "refused"), ("email", "handed_over")]
        assert len(await world.mails("ada", 1)) == 1
        assert [one["channel"] for one in (await world.customer("ada"))["suppressions"]] == ["sms"]
