"""Routing with a version in shadow: everything is decided twice, and neither decision knows of the other."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.durations import Rate
from domain.program import Entry, Program
from routing.intake import release
from routing.shadows import end_stale
from tests.routing.world import World, goal, journey, on


async def beside(world: World, live: Entry, shadow: Entry, **fields: Any) -> None:
    """Version 1 is live, version 2 in shadow."""
    await world.publish(journey(entries=(live,), **fields))
    program = journey(entries=(shadow,), **fields).model_copy(update={"version": 2})
    await keep(world, program)
    await world.run_sql("UPDATE journey SET shadow_version = 2")
    await world.run_sql("UPDATE catalog SET revision = revision + 1")


async def keep(world: World, program: Program) -> None:
    await world.run_sql(
        "INSERT INTO journey_version (journey_id, version, source, program, checksum, published_by)"
        " VALUES (:journey, :version, '', CAST(:program AS jsonb), '', '')",
        journey=program.journey,
        version=program.version,
        program=program.model_dump_json(),
    )


async def entered(world: World) -> list[tuple[int, bool, bool, str]]:
    rows = await world.rows("SELECT version, shadow, ghost, status FROM run ORDER BY version, entered_at")
    return [(row["version"], row["shadow"], row["ghost"], row["status"]) for row in rows]


async def misses(world: World) -> list[tuple[int, str]]:
    rows = await world.rows("SELECT version, outcome FROM decision WHERE kind = 'near_miss' ORDER BY version, at, id")
    return [(row["version"], row["outcome"]) for row in rows]


@pytest.mark.parametrize("again", ["never", "after_end", timedelta(days=1)])
async def test_each_version_has_its_own_entry_and_its_own_repeat(world: World, again: Any) -> None:
    entry = Entry(trigger=on("Signed Up"), again=again)
    await beside(world, entry, entry)
    await world.track("ann", "Signed Up")
    await world.route()
    assert await entered(world) == [(1, False, False, "running"), (2, True, True, "running")]
    await world.track("ann", "Signed Up")
    await world.route()
    assert await misses(world) == [(1, "repeat"), (2, "repeat")]


async def test_what_one_version_has_taken_does_not_keep_anybody_out_of_the_other(world: World) -> None:
    await beside(
        world,
        Entry(trigger=on("Signed Up"), again="never"),
        Entry(trigger=on("Signed Up"), again=timedelta(seconds=0)),
    )
    await world.track("ann", "Signed Up")
    await world.route()
    await world.run_sql("UPDATE run SET status = 'ended'")
    await world.track("ann", "Signed Up")
    await world.route()
    assert [(version, shadow) for version, shadow, _, _ in await entered(world)] == [(1, False), (2, True), (2, True)]
    assert await misses(world) == [(1, "again")]


async def test_a_restart_ends_the_run_of_its_own_version_only(world: World) -> None:
    await beside(
        world,
        Entry(trigger=on("Signed Up"), on_repeat="ignore"),
        Entry(trigger=on("Signed Up"), on_repeat="restart"),
    )
    for _ in range(2):
        await world.track("ann", "Signed Up")
        await world.route()
    assert [(shadow, status) for _, shadow, _, status in await entered(world)] == [
        (False, "running"),
        (True, "leaving"),
        (True, "running"),
    ]


async def test_a_queue_in_shadow_is_one_of_its_own(world: World) -> None:

    entry = Entry(trigger=on("Signed Up"), intake=Rate(count=1, per=timedelta(hours=1)))
    await beside(world, entry, entry)
    for name in ("ann", "ben"):
        await world.track(name, "Signed Up")
    await world.route()
    assert await release(world.db, world.catalog) == 2
    started = await world.rows("SELECT shadow, count(*) AS n FROM run WHERE status = 'running' GROUP BY 1 ORDER BY 1")
    assert [(row["shadow"], row["n"]) for row in started] == [(False, 1), (True, 1)]


async def test_nobody_is_held_out_of_a_shadow_and_the_books_do_not_count_it(world: World) -> None:
    entry = Entry(trigger=on("Signed Up"), holdout=0.999999)
    await beside(world, entry, entry)
    await world.track("ann", "Signed Up")
    await world.route()
    outcomes = await world.rows("SELECT outcome FROM decision WHERE kind = 'entry' ORDER BY version")
    assert [row["outcome"] for row in outcomes] == ["held_out", "shadow"]


async def test_a_goal_ends_both_and_stopping_ends_only_the_shadow(world: World) -> None:
    entry = Entry(trigger=on("Signed Up"))
    await beside(world, entry, entry, goal=goal("Bought"))
    await world.track("ann", "Signed Up")
    await world.track("ben", "Signed Up")
    await world.route()
    await world.track("ann", "Bought")
    await world.route()
    leaving = await world.rows("SELECT leaving FROM run WHERE status = 'leaving'")
    assert [row["leaving"] for row in leaving] == ["goal", "goal"]
    assert await end_stale(world.db) == 0
    await world.run_sql("UPDATE journey SET shadow_version = NULL")
    assert await end_stale(world.db) == 1
    stopped = await world.rows("SELECT shadow, leaving FROM run WHERE leaving LIKE 'stopped:%'")
    assert [(row["shadow"], row["leaving"]) for row in stopped] == [(True, "stopped:shadow")]
    assert await end_stale(world.db) == 0


async def test_a_merge_lets_one_run_of_each_version_go_on(world: World) -> None:
    entry = Entry(trigger=on("Signed Up"))
    await beside(world, entry, entry)
    for name in ("ann", "anna"):
        await world.track(name, "Signed Up")
        await world.route()
    await world.alias("anna", "ann")
    await world.route()
    rows = await world.rows("SELECT shadow, status FROM run ORDER BY shadow, status")
    assert [(row["shadow"], row["status"]) for row in rows] == [
        (False, "leaving"),
        (False, "running"),
        (True, "leaving"),
        (True, "running"),
    ]
    customers: set[UUID] = {row["customer_id"] for row in await world.rows("SELECT customer_id FROM run")}
    assert len(customers) == 1
