"""What a command does on a real Temporal server. No worker is needed: the server keeps starts and signals in order."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.effects import WORKFLOW, Delivery, JourneyInput
from domain.engine.state import Lane
from domain.errors import NotFound, Unavailable
from domain.ids import workflow_id
from routing.delivery import deliver_once
from routing.temporal_commands import TemporalCommands, beginning
from store.run import commands
from store.run.rows import NewCommand
from tests.routing.world import World, journey


@pytest.fixture
async def client(temporal: str) -> Client:
    return await Client.connect(temporal, data_converter=pydantic_data_converter)


@pytest.fixture
def outbox(client: Client) -> TemporalCommands:
    async def connect() -> Client:
        return client

    return TemporalCommands(connect, queue=f"nobody-{uuid4()}")


async def entered(world: World) -> UUID:
    await world.publish(journey())
    await world.track("ann", "Signed Up", plan="secret-plan")
    await world.route()
    run: UUID = (await world.run())["id"]
    return run


async def leave(world: World, run: UUID, *numbers: int) -> None:
    async with world.db.transaction() as tx:
        await commands.add(
            tx, [NewCommand(run, "hello", n, Delivery(number=n, kind="leave", reason="goal")) for n in numbers]
        )


async def signals(client: Client, handle: WorkflowHandle[object, object]) -> list[int]:
    """The numbers of the deliveries in the workflow's history."""
    found = []
    async for happened in handle.fetch_history_events():
        if happened.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            payloads = happened.workflow_execution_signaled_event_attributes.input.payloads
            (delivery,) = await client.data_converter.decode(payloads, [Delivery])
            found.append(delivery.number)
    return found


async def test_a_run_is_started_once_and_signalled_in_order(
    world: World, client: Client, outbox: TemporalCommands
) -> None:
    run = await entered(world)
    await leave(world, run, 2, 3, 4)
    assert len((await deliver_once(world.db, world.catalog, outbox)).confirmed) == 4
    handle = client.get_workflow_handle(workflow_id("hello", run))
    assert await signals(client, handle) == [2, 3, 4]
    about = await handle.describe()
    assert about.workflow_type == WORKFLOW
    assert await about.static_summary() == "hello v1"
    attributes = {pair.key.name: pair.value for pair in about.typed_search_attributes}
    customer = str(await world.customer("ann"))
    assert attributes == {"JourneyId": "hello", "JourneyVersion": 1, "CustomerId": customer}
    started = (await anext(handle.fetch_history_events())).workflow_execution_started_event_attributes
    (given,) = await client.data_converter.decode(started.input.payloads, [JourneyInput])
    assert given.state.run.id == run
    assert given.state.run.entry.position == (await world.run())["heard"]
    assert "secret-plan" not in str(started)
    await handle.terminate()


async def test_starting_again_is_a_success_also_when_the_run_is_over(
    world: World, client: Client, outbox: TemporalCommands
) -> None:
    run = await entered(world)
    await deliver_once(world.db, world.catalog, outbox)
    handle = client.get_workflow_handle(workflow_id("hello", run))
    for _ in range(2):
        async with world.db.transaction() as tx:
            await commands.add(tx, [NewCommand(run, "hello", 1)])
        assert len((await deliver_once(world.db, world.catalog, outbox)).confirmed) == 1
        if (await handle.describe()).close_time is None:
            await handle.terminate()
    assert await signals(client, handle) == []


@pytest.mark.parametrize("place", ["turn", "beside"])
async def test_a_run_that_is_parked_in_any_branch_is_found_as_parked_after_a_restart(
    world: World, client: Client, outbox: TemporalCommands, place: str
) -> None:
    run = await entered(world)
    async with world.db.transaction() as tx:
        row = (await commands.starts(tx, [run]))[run]
    given = beginning(row, journey())
    stuck: dict[str, Any] = {"parked": "defect"}
    beside: dict[str, Any] = {"lanes": (Lane(at="bye", entered=given.state.entered, parked="defect"),)}
    state = given.state.with_changes(stuck if place == "turn" else beside)
    assert await outbox.restart(row, given.model_copy(update={"state": state}))
    handle = client.get_workflow_handle(workflow_id("hello", run))
    attributes = {pair.key.name: pair.value for pair in (await handle.describe()).typed_search_attributes}
    assert attributes["Parked"] is True
    await handle.terminate()


async def test_a_signal_to_a_workflow_that_is_gone_says_so(
    world: World, client: Client, outbox: TemporalCommands
) -> None:
    run = await entered(world)
    await world.run_sql("DELETE FROM command")
    await leave(world, run, 2)
    async with world.db.transaction() as tx:
        (command,) = await commands.ready(tx, range(256), limit=1)
    with pytest.raises(NotFound):
        await outbox.signal(command)
    delivered = await deliver_once(world.db, world.catalog, outbox)
    assert [failure for _, failure, _ in delivered.failed] == ["workflow_missing"]


async def test_a_server_that_does_not_answer_is_away(world: World, client: Client) -> None:
    async def connect() -> Client:
        return await Client.connect("127.0.0.1:1", lazy=True, data_converter=pydantic_data_converter)

    await entered(world)
    delivered = await deliver_once(world.db, world.catalog, TemporalCommands(connect))
    assert delivered.is_away
    assert delivered.failed == []


async def test_no_client_at_all_is_away_too(world: World) -> None:
    async def connect() -> Client:
        raise Unavailable("Temporal cannot be reached.")

    await entered(world)
    assert (await deliver_once(world.db, world.catalog, TemporalCommands(connect))).is_away
