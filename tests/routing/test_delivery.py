"""Commands reach Temporal in order per run, each until it is confirmed, and a blocked one blocks only its run."""

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.effects import Delivery
from domain.errors import NotFound, Unavailable
from domain.ids import slot_of
from domain.program import Program
from routing import delivery as module
from routing.delivery import Delivered, Deliverer, deliver_once
from routing.temporal_commands import TemporalCommands
from store.journey.catalog import Catalog
from store.run import commands
from store.run.books import living_workflow_ids
from store.run.commands import ReadyCommand
from store.run.rows import NewCommand, StartRow
from tests.routing.world import World, journey


class Recorder(TemporalCommands):
    """Stands in for Temporal: keeps what it is given, and fails as it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[UUID, int]] = []
        self.failing: dict[UUID, Exception] = {}
        self.pause = 0.0

    async def start(self, row: StartRow, program: Program) -> None:
        await self._take(row.id, 1)

    async def signal(self, command: ReadyCommand) -> None:
        await self._take(command.run, command.number)

    async def _take(self, run: UUID, number: int) -> None:
        await asyncio.sleep(self.pause)
        if run in self.failing:
            raise self.failing[run]
        self.got.append((run, number))

    def numbers(self, run: UUID) -> list[int]:
        return [number for one, number in self.got if one == run]


@pytest.fixture
def temporal() -> Recorder:
    return Recorder()


async def people(world: World, count: int = 1) -> list[UUID]:
    """So many runs, each with a start in the outbox."""
    await world.publish(journey())
    for number in range(count):
        await world.track(f"u{number}", "Signed Up")
    await world.route()
    return [run["id"] for run in await world.runs()]


async def signal(world: World, run: UUID, *numbers: int) -> None:
    async with world.db.transaction() as tx:
        new = [
            NewCommand(run, "hello", number, Delivery(number=number, kind="leave", reason="goal")) for number in numbers
        ]
        await commands.add(tx, new)


async def deliver(world: World, temporal: Recorder, **fields: Any) -> Delivered:
    return await deliver_once(world.db, world.catalog, temporal, **fields)


async def test_commands_of_a_run_arrive_in_order_and_are_gone(world: World, temporal: Recorder) -> None:
    (run,) = await people(world)
    await signal(world, run, 2, 3)
    delivered = await deliver(world, temporal)
    assert temporal.numbers(run) == [1, 2, 3]
    assert len(delivered.confirmed) == 3
    assert await world.commands() == []


async def test_a_failure_blocks_only_its_run_and_is_tried_again_later(world: World, temporal: Recorder) -> None:
    one, other = await people(world, 2)
    await signal(world, one, 2)
    await signal(world, other, 2)
    temporal.failing = {one: ValueError("secret@example.com")}
    await deliver(world, temporal)
    assert temporal.numbers(other) == [1, 2]
    left = await world.rows("SELECT number, attempts, failure, not_before > now() AS waits FROM command ORDER BY id")
    assert left == [
        {"number": 1, "attempts": 1, "failure": "ValueError", "waits": True},
        {"number": 2, "attempts": 0, "failure": None, "waits": False},
    ]
    temporal.failing = {}
    assert await deliver(world, temporal) == Delivered()
    await signal(world, one, 3)
    assert await deliver(world, temporal) == Delivered()
    await world.run_sql("UPDATE command SET not_before = now()")
    await deliver(world, temporal)
    assert temporal.numbers(one) == [1, 2, 3]


async def test_a_program_that_cannot_be_read_holds_up_its_own_runs_only(world: World, temporal: Recorder) -> None:
    (run,) = await people(world)
    await world.publish(journey("broken", event="Broken"))
    await world.track("ann", "Broken")
    await world.route()
    await world.run_sql("UPDATE journey_version SET program = '{}' WHERE journey_id = 'broken'")
    world.catalog = Catalog()
    await deliver(world, temporal)
    assert temporal.got == [(run, 1)]
    assert [row["failure"] for row in await world.rows("SELECT failure FROM command")] == ["Defect"]


async def test_while_temporal_is_away_all_wait_and_nothing_counts_as_failed(world: World, temporal: Recorder) -> None:
    (run,) = await people(world)
    temporal.failing = {run: Unavailable("away")}
    assert (await deliver(world, temporal)).is_away
    assert await world.rows("SELECT attempts, failure FROM command") == [{"attempts": 0, "failure": None}]


@pytest.mark.parametrize(("status", "left"), [("ended", []), ("running", ["workflow_missing"])])
async def test_a_workflow_that_is_gone_is_fine_only_if_its_run_has_ended(
    world: World, temporal: Recorder, status: str, left: list[str]
) -> None:
    (run,) = await people(world)
    await deliver(world, temporal)
    await signal(world, run, 2)
    await world.run_sql("UPDATE run SET status = :status", status=status)
    temporal.failing = {run: NotFound("gone")}
    await deliver(world, temporal)
    assert [row["failure"] for row in await world.rows("SELECT failure FROM command")] == left


async def test_what_follows_a_command_whose_workflow_is_missing_is_not_tried(world: World, temporal: Recorder) -> None:
    (run,) = await people(world)
    await deliver(world, temporal)
    await signal(world, run, 2, 3)
    temporal.failing = {run: NotFound("gone")}
    await deliver(world, temporal)
    assert await world.rows("SELECT number, attempts FROM command ORDER BY id") == [
        {"number": 2, "attempts": 1},
        {"number": 3, "attempts": 0},
    ]


async def test_two_deliverers_do_not_deliver_the_same_commands_at_once(world: World, temporal: Recorder) -> None:
    runs = await people(world, 12)
    temporal.pause = 0.01
    while sum(len(d.confirmed) for d in await asyncio.gather(*(deliver(world, temporal, slots=4) for _ in range(3)))):
        pass
    assert sorted(temporal.got) == sorted((run, 1) for run in runs)


async def test_a_command_that_was_handed_over_and_not_confirmed_is_handed_over_again(
    world: World, temporal: Recorder
) -> None:
    (run,) = await people(world)
    delivering = asyncio.create_task(deliver(world, temporal))
    temporal.pause = 0.05
    while not temporal.got and not delivering.done():
        await asyncio.sleep(0.01)
        delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)
    temporal.pause = 0
    while (await deliver(world, temporal)).confirmed:
        pass
    assert set(temporal.numbers(run)) == {1}
    assert await world.commands() == []


async def test_the_loop_delivers_at_once_when_woken(
    world: World, temporal: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL", 30.0)
    deliverer = Deliverer(world.db, world.catalog, temporal)
    task = asyncio.create_task(deliverer.run())
    await asyncio.sleep(0.05)
    runs = await people(world, 20)
    deliverer.wake()
    deadline = time.monotonic() + 10
    while len(temporal.got) < len(runs):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_books_name_the_workflows_that_must_be_open(world: World, temporal: Recorder) -> None:
    one, ended, queued = await people(world, 3)
    async with world.db.transaction() as tx:
        assert await living_workflow_ids(tx) == []
    await deliver(world, temporal)
    for run, status in ((ended, "ended"), (queued, "queued")):
        await world.run_sql("UPDATE run SET status = :status WHERE id = :run", status=status, run=run)
    async with world.db.transaction() as tx:
        assert await living_workflow_ids(tx) == [f"journey/hello/{one}"]


async def test_commands_of_one_run_share_a_slot(world: World) -> None:
    run = uuid4()
    await signal(world, run, 1, 2)
    assert await world.rows("SELECT DISTINCT slot FROM command") == [{"slot": slot_of(str(run))}]
