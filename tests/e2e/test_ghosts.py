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
  - {id: join, subscribe: news}
  - {id: begin, start_journey: {journey: other}}
  - {id: halt, stop_journey: other}
  - {id: ask, approve: {to: legal, title: May it go out?, of: more, within: 6h}}
  - id: clicks
    wait_for: {reaction: clicked, to: hello, within: 6h}
    then: [{id: did, exit: clicked}]
  - {id: more, send: email/more}
"""
OTHER = """
journey: other
entry: [{event: Signed Up, again: always}, {manual: true, again: always}]
steps: [{id: nap, wait: 900d}]
"""


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SECOND_A_DAY})


async def test_a_ghost_walks_the_journey_and_nothing_happens(world: World) -> None:
    for name in ("hello", "more"):
        await world.template(name)
    await world.admin.put("/v1/topics/news", json={"title": "News"})
    await world.publish(OTHER)
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
    assert [run["status"] for run in await world.runs("other")] == ["running"]
    assert (await world.admin.get("/v1/approvals")).json()["items"] == []
    told = [line["title"] for line in await world.timeline("ada", "decision")]
    assert "entry: held_out" in told
    effects = ("send", "score", "set", "webhook", "notify", "subscribe", "start_journey", "stop_journey", "approve")
    assert {f"{effect}: ghost" for effect in effects} <= set(told)
    assert "wait_for: timed_out" in told
    assert {event["title"] for event in await world.timeline("ada")} == {"Identified", "Signed Up"}
