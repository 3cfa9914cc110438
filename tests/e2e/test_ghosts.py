"""People who are held out walk the journey and get nothing (semantics 8)."""

import pytest

from runtime.settings import Settings
from tests.fixtures.world import World

SECOND_A_DAY = 86_400
JOURNEY = """
journey: offer
entry: {event: Signed Up, holdout: 99.9999%}
caps: {email: 1/30d}
steps:
  - {id: hello, send: email/hello}
  - {id: points, score: +20}
  - {id: mark, set: {offered: true}}
  - {id: call, webhook: {url: "https://crm.example.com/leads"}}
  - {id: tell, notify: {email: COLLEAGUE, text: Somebody came.}}
  - id: clicks
    wait_for: {reaction: clicked, to: hello, within: 6h}
    then: [{id: did, exit: clicked}]
  - {id: more, send: email/more}
"""


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SECOND_A_DAY})


async def test_a_ghost_walks_the_journey_and_nothing_happens(world: World) -> None:
    for name in ("hello", "more"):
        await world.template(name)
    await world.publish(JOURNEY.replace("COLLEAGUE", world.address("sales")))
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")
    run = await world.run_in("offer", "ended")
    assert (run["ghost"], run["ended_reason"]) == (True, "finished")
    # the ledger says what would have gone out, also the second: what was never sent counts for no cap
    assert [(m["step"], m["state"]) for m in await world.messages("ada")] == [("hello", "ghost"), ("more", "ghost")]
    assert world.mailbox.messages(world.address("ada")) == []
    assert world.mailbox.messages(world.address("sales")) == []
    customer = await world.customer("ada")
    assert customer["score"] == 0
    assert "offered" not in customer["attributes"]
    told = [line["title"] for line in await world.timeline("ada", "decision")]
    assert "entry: held_out" in told
    assert {"send: ghost", "score: ghost", "set: ghost", "webhook: ghost", "notify: ghost"} <= set(told)
    assert "wait_for: timed_out" in told
    assert {event["title"] for event in await world.timeline("ada")} == {"Identified", "Signed Up"}
