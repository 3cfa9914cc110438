"""The workflow of operations: played for real, and its kept histories replay under today's code."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from domain.operations import operation_workflow_id
from tests.fixtures.world import World
from tests.operating.conftest import Operator
from tests.replay.plays.stage import Play, Stage
from tests.replay.test_replay import replayed
from workflows.operation import OperationWorkflow

FOLDER = Path(__file__).parent / "histories" / "operations"
JOURNEY = "journey: waiting\nentry: {event: Begun, again: always}\nsteps: [{id: hello, send: email/broken}]\n"


@pytest.fixture
def play() -> Play:
    """An operation needs no server but those that every play has."""
    return Play("operation", act)


async def act(stage: Stage) -> None:
    """What happens is said by `operate`."""


@pytest.fixture
def kept(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("record_histories", default=False))


async def operate(world: World, words: Sequence[str]) -> WorkflowHistory:
    """An operation over three parked runs, slow enough to be spoken to."""
    operator = Operator(world)
    await world.template("broken", "{{ customer.missing }}")
    await world.publish(JOURNEY)
    await operator.begin("ada", "ben", "cem")
    await world.run_in("waiting", "parked", 3)
    made = await operator.post("/v1/parked/end", journey="waiting", rate=1)
    for word in words:
        await operator.post(f"/v1/operations/{made['id']}/{word}")
    handle = world.client.get_workflow_handle(operation_workflow_id(made["id"]))
    await handle.result()
    return await handle.fetch_history()


@pytest.mark.parametrize("words", [(), ("pause", "resume"), ("pause", "cancel")], ids="-".join)
async def test_an_operation_ends_and_its_history_replays(words: tuple[str, ...], world: World, kept: bool) -> None:
    history = await operate(world, words)
    assert not [event for event in history.events if event.HasField("workflow_task_failed_event_attributes")]
    if kept:
        (FOLDER / f"{'-'.join(('begun', *words))}.json").write_text(history.to_json() + "\n")


async def test_every_kept_history_of_an_operation_replays() -> None:
    files = sorted(FOLDER.glob("*.json"))
    seen = await replayed(files, by=OperationWorkflow)
    assert {name: failure for name, failure in seen.items() if failure} == {}
    assert len(seen) == len(files) == 3
