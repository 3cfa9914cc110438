"""Continue-as-new: a long life is several workflows, and one run (semantics B, commands)."""

import pytest
from sqlalchemy import text
from temporalio.client import Client

from domain.effects import DELIVER, Delivery, Standing
from domain.ids import workflow_id
from runtime.settings import Settings
from tests.fixtures.world import World

SECOND_A_DAY = 86_400
LONG = """
journey: long
entry: {event: Signed Up}
exit: [{event: Closed, id: closed}]
steps:
  - id: rounds
    repeat:
      every: 3h
      times: 12
      steps: [{id: hello, send: email/hello}]
  - id: answer
    wait_for: {event: Answered, within: 300d, as: answer}
    then: [{id: kept, set: {answer: {ref: run.answer.value}}}]
  - {id: pause, wait: 300d}
"""


@pytest.fixture
def world_settings(world_settings: Settings, hasty_temporal: str) -> Settings:
    return world_settings.model_copy(
        update={"temporal_address": hasty_temporal, "temporal_namespace": "default", "time_scale": SECOND_A_DAY}
    )


async def lives(client: Client, run: str) -> int:
    """How many workflows the run has been so far."""
    count = 0
    async for _ in client.list_workflows(f"WorkflowId = 'journey/long/{run}'"):
        count += 1
    return count


async def live_on(world: World, run: str) -> None:
    """Keeps the run busy until it has continued as new once more."""
    before = await lives(world.client, run)
    while await lives(world.client, run) == before:
        await world.insist(run, "pause")
        await world.insist(run, "resume")


async def last_command(world: World) -> int:
    """The number of the last command that routing gave the run."""
    async with world.db.transaction() as tx:
        return int((await tx.execute(text("SELECT last_command FROM run"))).scalar_one())


async def test_a_run_that_continues_as_new_loses_and_repeats_nothing(world: World) -> None:
    await world.template("hello")
    await world.publish(LONG)
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")
    run = await world.waiting("long", "answer")

    async def continued() -> bool:
        return await lives(world.client, run["id"]) >= 3

    await world.until(continued, "third life")
    messages = await world.messages("ada")
    assert [message["visit"] for message in messages] == [*range(1, 13)]
    await world.track("ada", "Answered", value=7)
    await world.waiting("long", "pause")
    assert (await world.customer("ada"))["attributes"]["answer"] == 7
    await live_on(world, run["id"])
    handle = world.client.get_workflow_handle(workflow_id("long", run["id"]))
    repeated = Delivery(number=await last_command(world), kind="leave", reason="exit:repeated")
    await handle.signal(DELIVER, repeated)
    standing = await handle.query("state", result_type=Standing)
    assert (standing.phase, standing.step) == ("asleep", "pause")
    await world.track("ada", "Closed")
    assert (await world.run_in("long", "ended"))["ended_reason"] == "exit:closed"
    assert await handle.result() == "exit:closed"
    rounds = [line["title"] for line in await world.timeline("ada", "decision") if "repeat_round" in line["title"]]
    assert rounds == ["repeat_round: round"] * 12 + ["repeat_round: used_up"]
