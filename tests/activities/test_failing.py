"""An effect that will never succeed parks its run; what was decided on the way to it is on record all the same (semantics 20)."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.sending.send import SendActivities
from domain.effects import Reply, Request
from runtime.settings import Settings
from tests.fixtures.world import World

JOURNEY = """
journey: fails
entry: {event: Signed Up}
steps:
  - {id: pause, wait: 6h}
  - {id: hello, send: email/hello}
"""


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": 86_400})


async def test_a_defect_parks_the_run_and_loses_no_decision(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    send = SendActivities._send

    async def fail(self: Any, request: Request) -> Reply:
        raise ApplicationError("Broken.", type="broken", non_retryable=True)

    monkeypatch.setattr(SendActivities, "_send", fail)
    await world.template("hello")
    await world.publish(JOURNEY)
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")
    parked = await world.run_in("fails", "parked")
    assert parked["parked"]["code"] == "broken"
    told = [line["title"] for line in await world.timeline("ada", "decision")]
    assert told[1:] == ["wait: until", "wait: over", "send: defect", "parked: broken"]
    monkeypatch.setattr(SendActivities, "_send", send)
    await world.insist(parked["id"], "retry")
    await world.run_in("fails", "ended")
    assert len(await world.mails("ada", 1)) == 1
