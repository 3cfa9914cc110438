"""The loop: it wakes at once, survives defects, and never lets one bad row hold up the others."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from routing import router as module
from routing import stuck
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


async def poison(world: World) -> None:
    """No code can read these."""
    await world.run_sql("UPDATE inbox SET body = body || '{\"timestamp\": \"never\"}' WHERE name = 'Poison'")


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
    await poison(world)
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


async def test_bad_rows_one_after_the_other_stop_nobody_else_and_are_not_tried_over_and_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TROUBLE", 0.001)
    bad = SYSTEMIC + 3
    for number in range(bad):
        await world.accept(event(f"bad{number}", name="Poison"))
    await poison(world)
    for number in range(5):
        await world.track(f"u{number}", "Other")
    with capture_logs() as logs:
        async with routing(world):
            await until_applied(world, 5)
            await world.track("u5", "Other")
            await until_applied(world, 6)
    tries = Counter(line["inbox"][0] for line in logs if line["event"] == "event_unroutable")
    assert len(tries) == bad
    assert set(tries.values()) == {2}, "each once, and once more when others had been applied"


async def test_what_comes_after_a_bad_row_keeps_nobody_else_from_being_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 4)
    await world.accept(event("ann", name="Poison"))
    await poison(world)
    for _ in range(12):
        await world.track("ann", "After")
    await world.track("bob", "Other")
    async with routing(world):
        await until_applied(world, 1)
        assert await world.events() == ["Other"]


async def test_a_missing_table_is_waited_for_and_no_row_is_set_aside(world: World) -> None:
    await world.run_sql("ALTER TABLE decision RENAME TO decision_to_come")
    await world.publish(journey())
    for number in range(2 * SYSTEMIC):
        await world.track(f"u{number}", "Signed Up")
    with capture_logs() as logs:
        async with routing(world) as router:
            while not logs:  # noqa: ASYNC110  nothing but this says that it has happened
                await asyncio.sleep(0.005)
            assert router._stuck.avoid(0) == frozenset()
            await world.run_sql("ALTER TABLE decision_to_come RENAME TO decision")
            await until_applied(world, 2 * SYSTEMIC)
    assert {(line["event"], line["sqlstate"]) for line in logs} == {("database_unfit", "42P01")}


async def test_a_defect_of_ours_loses_nothing_and_ends_with_its_cause(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TROUBLE", 0.001)
    monkeypatch.setattr(stuck, "PROBE", timedelta(seconds=0.1))
    await world.publish(journey())
    await world.run_sql("UPDATE journey_version SET program = '{}'")
    for number in range(2 * SYSTEMIC):
        await world.track(f"u{number}", "Signed Up")
    async with routing(world) as router:
        while len(router._stuck.avoid(time.monotonic())) < 2 * SYSTEMIC:  # noqa: ASYNC110  nothing else says so
            await asyncio.sleep(0.005)
        assert await world.events() == []
        await world.run_sql(
            "UPDATE journey_version SET program = CAST(:program AS jsonb)", program=journey().model_dump_json()
        )
        await until_applied(world, 2 * SYSTEMIC)


def test_a_stuck_row_is_tried_again_after_pauses_that_double() -> None:
    rows = StuckRows()
    rows.add([7], now=0)
    assert rows.avoid(59) == {7}
    assert rows.avoid(61) == frozenset()
    rows.add([7], now=61)
    assert rows.avoid(61 + 119) == {7}
    assert rows.avoid(61 + 121) == frozenset()


def test_rows_behind_a_stuck_one_wait_as_long_as_it_does() -> None:
    rows = StuckRows()
    rows.add([7], now=0)
    rows.put_behind({8: 7, 9: 7})
    assert rows.avoid(59) == {7, 8, 9}
    assert rows.avoid(61) == frozenset()


def test_while_all_fail_one_at_a_time_is_tried_and_what_then_fails_again_is_to_blame() -> None:
    rows, all_rows = StuckRows(), frozenset(range(SYSTEMIC))
    rows.add(all_rows, now=0)
    assert rows.is_systemic
    assert rows.avoid(4) == all_rows
    assert rows.avoid(5) == all_rows - {0}
    rows.add([0], now=5)
    assert rows.avoid(10) == all_rows - {1}
    rows.succeeded(now=10)
    assert rows.avoid(10) == frozenset(), "perhaps none of them was to blame"
    rows.add(all_rows, now=11)
    assert not rows.is_systemic
    rows.succeeded(now=12)
    assert rows.avoid(12) == all_rows


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
