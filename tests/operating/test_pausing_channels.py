"""A paused channel hands nothing over; its sends wait for it, and everything else goes on."""

import pytest

from runtime.twilio_double.exchange import Exchange
from tests.e2e.conftest import impatient
from tests.e2e.test_sms import PHONE, exchange, world_settings
from tests.fixtures.world import World
from tests.operating.conftest import Operator

__all__ = ["exchange", "impatient", "world_settings"]

NEWS = """
journey: news
entry: {event: Begun, again: always}
steps:
  - {id: hi, send: {template: hi, channel: [sms, email], purpose: transactional}}
  - {id: bye, send: email/bye}
"""

pytestmark = pytest.mark.usefixtures("impatient")


async def prepared(world: World, journey: str = NEWS) -> None:
    await world.template("hi", "Hi", channel="sms")
    await world.template("hi")
    await world.template("bye")
    await world.publish(journey)


async def test_a_send_waits_for_its_paused_channel_and_does_not_move_on_to_the_next_one(
    world: World, operator: Operator, exchange: Exchange
) -> None:
    await prepared(world)
    await operator.post("/v1/channels/sms/pause", reason="Twilio has an outage.")
    await world.identify("ada", phone=PHONE)
    await operator.begin("ada", "ben")
    plan = await operator.held("/v1/channels/sms", 1)
    assert [(group["journey"], group["step"], group["channels"]) for group in plan["groups"]] == [
        ("news", "hi", ["sms", "email"])
    ]
    await world.run_in("news", "ended")
    assert [(one["step"], one["channel"]) for one in await world.messages("ben")] == [("hi", "email"), ("bye", "email")]
    assert await world.messages("ada") == []
    (sms,) = [one for one in (await operator.get("/v1/channels"))["items"] if one["channel"] == "sms"]
    assert sms["hold"]["reason"] == "Twilio has an outage."
    await operator.post("/v1/channels/sms/resume")
    await world.run_in("news", "ended", 2)
    assert [(one["step"], one["channel"]) for one in await world.messages("ada")] == [("hi", "sms"), ("bye", "email")]
    assert len(exchange.messages) == 1


async def test_what_fell_due_on_the_channel_can_be_left_out(world: World, operator: Operator) -> None:
    await prepared(world)
    await operator.post("/v1/channels/email/pause")
    await operator.begin("ben")
    await operator.held("/v1/channels/email", 1)
    await operator.post("/v1/channels/email/resume", due="skip")
    await world.run_in("news", "ended")
    assert await world.messages("ben") == []


async def test_webhooks_can_be_paused_too(world: World, operator: Operator) -> None:
    await world.publish(
        "journey: news\nentry: {event: Begun}\nsteps:\n"
        "  - {id: call, webhook: 'https://127.0.0.1/nobody', else: [{id: refused, exit: refused}]}\n"
    )
    await operator.post("/v1/channels/webhook/pause")
    await operator.begin("ada")
    plan = await operator.held("/v1/channels/webhook", 1)
    assert plan["groups"][0]["does"] == "webhook"
    await operator.post("/v1/channels/webhook/resume")
    assert (await world.run_in("news", "ended"))["ended_reason"] == "exit:refused"
