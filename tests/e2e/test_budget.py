"""What a run costs Temporal is an assertion: billable actions and history events of the reference journeys."""

from collections import Counter

import pytest

from benchmarks.measuring.histories import actions, events
from runtime.settings import Settings
from tests.fixtures.world import World

ONE_MAIL = """
journey: one-mail
entry: {event: Signed Up}
steps:
  - {id: hello, send: email/hello}
"""
REFERENCE = """
journey: reference
entry: {event: Signed Up}
steps:
  - {id: hello, send: email/hello}
  - {id: pause, wait: 1d}
  - id: which
    branch:
      - if: {plan: pro}
        steps: [{id: pro, send: email/pro}]
      - else: [{id: free, send: email/free}]
"""
SECOND_A_DAY = 86_400


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SECOND_A_DAY})


async def test_a_journey_of_one_mail_costs_two_actions_and_eleven_events(world: World) -> None:
    await world.template("hello")
    await world.publish(ONE_MAIL)
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")
    history = await world.history(await world.run_in("one-mail", "ended"))
    assert actions(history) <= 2, Counter(events(history))
    assert len(history.events) <= 11, events(history)


async def test_the_reference_journey_costs_five_actions_and_at_most_24_events(world: World) -> None:
    for name in ("hello", "pro", "free"):
        await world.template(name)
    await world.publish(REFERENCE)
    await world.identify("ada", email=world.address("ada"), plan="pro")
    await world.track("ada", "Signed Up")
    history = await world.history(await world.run_in("reference", "ended"))
    assert [mail["subject"] for mail in await world.mails("ada", 2)] == ["hello", "pro"]
    assert actions(history) <= 5, Counter(events(history))
    assert len(history.events) <= 24, events(history)
