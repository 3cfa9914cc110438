"""A run is told something by a later release than that of the worker that carries it."""

from domain.effects import DELIVER
from domain.ids import workflow_id
from tests.faults.handovers import carried_runs
from tests.fixtures.world import World

ASKING = """
journey: asked-by-a-later-one
entry: {event: Signed Up}
steps:
  - {id: answer, wait_for: {event: Answered, within: 30d}}
"""


async def test_what_this_release_cannot_read_is_left_to_a_later_one_and_not_dropped(world: World) -> None:
    await world.publish(ASKING)
    await world.track("ada", "Signed Up")
    run = await world.waiting("asked-by-a-later-one", "answer")
    handle = world.client.get_workflow_handle(workflow_id(run["journey"], run["id"]))
    await handle.signal(DELIVER, {"number": 1, "kind": "leave", "reason": "goal", "urgent": True})

    async def refused() -> list[str]:
        return (await carried_runs(world.client, f"WorkflowId = '{handle.id}'")).refused

    refusals = await world.until(refused, "refusal")  # one for each time that the task was tried again
    assert all(one.endswith("WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE") for one in refusals)
    await handle.terminate()
