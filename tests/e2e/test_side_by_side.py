"""Branches side by side, and journeys that start, await and stop each other, on the real system."""

from collections.abc import AsyncIterator

import pytest

from runtime.settings import Settings
from tests.doubles.smtp import SmtpScript, smtp_double
from tests.fixtures.world import World

SECOND_A_DAY = 86_400

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
async def post() -> AsyncIterator[SmtpScript]:
    async with smtp_double() as script:
        yield script


@pytest.fixture
def world_settings(world_settings: Settings, post: SmtpScript) -> Settings:
    return world_settings.model_copy(update={"time_scale": SECOND_A_DAY, "smtp_port": post.port})


async def ended(world: World, journey: str, count: int = 1) -> str:
    reason: str = (await world.run_in(journey, "ended", count))["ended_reason"]
    return reason


async def sent(world: World, count: int) -> list[str]:
    """The templates of the customer's messages, once so many were handed over."""

    async def found() -> list[str]:
        messages = [one["template"] for one in await world.messages("ada") if one["state"] == "handed_over"]
        return messages if len(messages) >= count else []

    return await world.until(found, f"{count} message(s)")


async def test_branches_go_side_by_side_and_join(world: World) -> None:
    await world.template("hello")
    await world.template("bye")
    await world.publish("""
journey: both
entry: {event: Begun}
steps:
  - id: both
    parallel:
      branches:
        mail: [{id: nap, wait: 2d}, {id: hello, send: email/hello}]
        talk:
          - {id: bell, wait_for: {event: Rang, within: 90d, as: ring}}
          - {id: kept, set: {ring: {ref: run.ring.tone}}}
  - {id: bye, send: email/bye}
""")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Begun")
    assert await sent(world, 1) == ["hello"]
    await world.waiting("both", "bell")
    await world.track("ada", "Rang", tone="low")
    assert await ended(world, "both") == "finished"
    assert await sent(world, 2) == ["hello", "bye"]
    assert (await world.customer("ada"))["attributes"]["ring"] == "low"


async def test_a_send_that_is_not_taken_does_not_hold_up_the_branch_beside_it(world: World, post: SmtpScript) -> None:
    """The timer beside it goes off, and what it leads to is done; then the send is tried again, once."""
    await world.template("hello")
    await world.publish("""
journey: both
entry: {event: Begun}
steps:
  - id: both
    parallel:
      branches:
        mail: [{id: hello, send: email/hello}]
        clock: [{id: nap, wait: 2d}, {id: woken, set: {woken: true}}]
""")
    await world.identify("ada", email=world.address("ada"))
    post.answers[world.address("ada")] = "451 4.7.1 greylisted"
    await world.track("ada", "Begun")

    async def is_woken() -> bool:
        return (await world.customer("ada"))["attributes"].get("woken") is True

    await world.until(is_woken, "branch that goes on beside the send")
    assert (await world.runs("both"))[0]["status"] == "running"
    post.answers.clear()
    assert await ended(world, "both") == "finished"
    states = [message["state"] for message in await world.messages("ada")]
    assert states.count("handed_over") == 1


async def test_a_branch_that_is_parked_shows_and_does_not_hold_up_the_others(world: World) -> None:
    await world.template("broken", "{{ customer.missing }}")
    await world.publish("""
journey: both
entry: {event: Begun}
steps:
  - id: both
    parallel:
      branches:
        mail: [{id: hello, send: email/broken}]
        talk: [{id: bell, wait_for: {event: Rang, within: 90d}, then: [{id: kept, set: {rang: true}}]}]
""")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Begun")
    run = await world.run_in("both", "parked")
    assert run["step"] == "hello"
    await world.track("ada", "Rang")

    async def has_rung() -> bool:
        return (await world.customer("ada"))["attributes"].get("rang") is True

    await world.until(has_rung, "branch that hears beside a parked one")
    await world.template("broken", "mended")
    await world.insist(run["id"], "retry")
    assert await ended(world, "both") == "finished"


OTHER = """
journey: other
entry: {manual: true, per: event.cart, again: never}
inputs: {code: text}
steps:
  - {id: nap, wait: 1d}
  - {id: kept, set: {code: {ref: run.code}}}
  - {id: out, exit: enough}
"""


async def test_a_journey_is_started_once_and_its_end_is_awaited(world: World) -> None:
    await world.publish(OTHER)
    await world.publish("""
journey: first
entry: {event: Begun, again: always}
steps:
  - id: tutorial
    start_journey:
      {journey: other, inputs: {code: {ref: event.code}}, data: {cart: c1}, await: true, within: 90d, as: result}
    then: [{id: how, set: {how: {ref: run.result.reason}}}, {id: well, exit: well}]
    else: [{id: why, set: {why: {ref: run.result.reason}}}, {id: in-vain, exit: in-vain}]
""")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Begun", code="abc")
    assert await ended(world, "first") == "exit:well"
    customer = await world.customer("ada")
    assert (customer["attributes"]["code"], customer["attributes"]["how"]) == ("abc", "exit:enough")
    await world.track("ada", "Begun", code="abc")
    assert await ended(world, "first", 2) == "exit:in-vain"
    assert (await world.customer("ada"))["attributes"]["why"] == "refused:again"
    assert len(await world.runs("other")) == 1


async def test_an_archived_journey_is_not_waited_for(world: World) -> None:
    await world.publish(OTHER)
    await world.publish("""
journey: first
entry: {event: Begun}
steps:
  - id: tutorial
    start_journey: {journey: other, inputs: {code: a}, data: {cart: c}, await: true, within: 9000d}
    else: [{id: in-vain, exit: in-vain}]
""")
    assert (await world.admin.post("/v1/journeys/other/archive")).is_success
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Begun")
    assert await ended(world, "first") == "exit:in-vain"


async def test_a_run_stops_those_of_another_journey_before_they_send_again(world: World) -> None:
    await world.template("hello")
    await world.publish("""
journey: other
entry: {event: Begun}
steps: [{id: nap, wait: 900d}, {id: hello, send: email/hello}]
""")
    await world.publish("""
journey: first
entry: {event: Ended}
steps: [{id: stop, stop_journey: other}]
""")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Begun")
    await world.waiting("other", "nap")
    await world.track("ada", "Ended")
    assert await ended(world, "other") == "stopped:first"
    assert await world.messages("ada") == []
