"""The loop: it wakes at once, survives defects, and never lets one bad row hold up the others."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from routing import router as module
from routing.router import Router
from routing.stuck import SYSTEMIC, StuckRows
from store import database
from store.event.inbox import notify
from store.journey.catalog import Catalog
from tests.routing.world import World, event, journey


@asynccontextmanager
async def routing(world: World, **fields: object) -> AsyncIterator[Router]:
    """A router at work."""
    router = Router(world.db, Catalog(), **fields)  # type: ignore[arg-type]
    task = asyncio.create_task(router.run())
    try:
        yield router
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_applied(world: World, count: int, patience: float = 10) -> None:
    deadline = time.monotonic() + patience
    while len(await world.events()) < count:
        assert time.monotonic() < deadline, "the router has not applied the events"
        await asyncio.sleep(0.005)


async def test_it_applies_what_is_accepted_and_tells_about_commands(world: World) -> None:
    told: list[str] = []
    await world.publish(journey())
    async with routing(world, on_commands=lambda: told.append("commands")):
        await world.track("ann", "Something Else")
        await until_applied(world, 1)
        assert told == []
        await world.track("ann", "Signed Up")
        await until_applied(world, 2)
    assert told == ["commands"]


async def test_a_notification_wakes_it_long_before_it_polls(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL", 60.0)
    async with routing(world):
        await world.track("ann", "First")
        await notify(world.db)
        await until_applied(world, 1)
        await world.track("ann", "Second")
        await notify(world.db)
        await until_applied(world, 2)


async def test_it_can_be_woken_in_the_process(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with routing(world) as router:
        await world.track("ann", "First")
        await until_applied(world, 1)
        monkeypatch.setattr(module, "POLL", 60.0)
        await world.track("ann", "Second")
        router.wake()
        await until_applied(world, 2)


async def test_a_row_that_cannot_be_applied_blocks_its_customer_and_nobody_else(world: World) -> None:
    await world.track("ann", "Before")
    await world.accept(event("ann", name="Poison"))
    await world.run_sql("UPDATE inbox SET body = body || '{\"timestamp\": \"never\"}' WHERE name = 'Poison'")
    await world.track("ann", "After")
    for number in range(5):
        await world.track(f"u{number}", "Other")
    async with routing(world):
        await until_applied(world, 6)
    left = await world.rows("SELECT name FROM inbox ORDER BY id")
    assert [row["name"] for row in left] == ["Poison", "After"]
    assert await world.events("ann") == ["Before"]


async def test_rows_that_are_overtaken_for_ever_block_their_customer_only(world: World) -> None:
    await world.track("?a1", "Before")
    await world.route()
    await world.alias("a1", "ann")
    await world.run_sql("UPDATE inbox SET identities = identities[1:1]")
    await world.track("bob", "Other")
    async with routing(world):
        await until_applied(world, 2)
    assert [row["name"] for row in await world.rows("SELECT name FROM inbox")] == ["Aliased"]


async def test_a_defect_of_ours_loses_nothing_and_ends_with_its_cause(world: World) -> None:
    await world.publish(journey())
    await world.run_sql("UPDATE journey_version SET program = '{}'")
    for number in range(2 * SYSTEMIC):
        await world.track(f"u{number}", "Signed Up")
    async with routing(world) as router:
        while not router._stuck.is_systemic:  # noqa: ASYNC110  nothing but this says that it has happened
            await asyncio.sleep(0.005)
        assert await world.events() == []
        await world.run_sql(
            "UPDATE journey_version SET program = CAST(:program AS jsonb)", program=journey().model_dump_json()
        )
        await until_applied(world, 2 * SYSTEMIC)


def test_a_stuck_row_is_tried_again_after_pauses_that_double() -> None:
    stuck = StuckRows()
    stuck.add([7], now=0)
    assert stuck.avoid(59) == {7}
    assert stuck.avoid(61) == frozenset()
    stuck.add([7], now=61)
    assert stuck.avoid(61 + 119) == {7}
    stuck.forget([7])
    assert stuck.avoid(62) == frozenset()


async def test_a_lost_connection_is_made_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "RESTED", 0.0)
    async with routing(world):
        await world.track("ann", "First")
        await until_applied(world, 1)
        await world.run_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await world.track("ann", "Second")
        await until_applied(world, 2)
