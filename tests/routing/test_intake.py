"""Intake: the rest queue, nobody is lost, and they begin in the order in which they came."""

from datetime import timedelta
from typing import Any, cast

from temporalio.client import Client

from domain.durations import Rate
from domain.events import EventName
from domain.program import Entry, Program
from routing.intake import release
from routing.operations import act
from store.run import entries
from tests.routing.world import World, journey, on


def limited(count: int, per: timedelta = timedelta(hours=1)) -> Program:
    return journey(entries=(Entry(trigger=on("Signed Up"), intake=Rate(count=count, per=per)),))


async def queue(world: World, people: int) -> None:
    for number in range(people):
        await world.track(f"u{number}", "Signed Up", n=number)
        await world.route()


async def statuses(world: World) -> list[str]:
    """In the order in which they came."""
    return [run["status"] for run in await world.runs()]


async def test_entrants_queue_and_are_let_in_at_the_rate_in_their_order(world: World) -> None:
    await world.publish(limited(2))
    await queue(world, 5)
    assert await statuses(world) == ["queued"] * 5
    assert await world.commands() == []
    assert await world.decisions() == ["entry queued"] * 5
    assert await release(world.db, world.catalog) == 2
    assert await release(world.db, world.catalog) == 0
    assert await statuses(world) == ["running"] * 2 + ["queued"] * 3
    assert [(kind, number) for kind, number, _ in await world.commands()] == [("start", 1), ("start", 1)]
    await world.run_sql("UPDATE run SET started_at = started_at - interval '61 minutes' WHERE status = 'running'")
    assert await release(world.db, world.catalog) == 2
    assert await statuses(world) == ["running"] * 4 + ["queued"]


async def test_a_faster_clock_lets_them_in_faster(db: Any) -> None:
    world = World(db, time_scale=3600)
    await world.publish(limited(1))
    await queue(world, 2)
    assert await release(db, world.catalog, time_scale=3600) == 1
    await world.run_sql("UPDATE run SET started_at = started_at - interval '2 seconds' WHERE status = 'running'")
    assert await release(db, world.catalog, time_scale=3600) == 1


async def test_when_a_new_version_has_no_intake_all_may_begin(world: World) -> None:
    await world.publish(limited(1))
    await queue(world, 3)
    await world.publish(journey().model_copy(update={"version": 2}))
    assert await release(world.db, world.catalog) == 3


async def test_the_queue_of_an_archived_journey_goes_on(world: World) -> None:
    await world.publish(limited(2))
    await queue(world, 3)
    await world.run_sql("UPDATE journey SET status = 'archived'")
    await world.run_sql("UPDATE catalog SET revision = revision + 1")
    assert await release(world.db, world.catalog) == 2


async def test_two_processes_do_not_exceed_the_rate_together(world: World) -> None:
    await world.publish(limited(2))
    await queue(world, 5)
    async with world.db.transaction() as other:
        assert await entries.claim_intake(other, "hello")
        assert await release(world.db, world.catalog) == 0
    assert await release(world.db, world.catalog) == 2


async def test_whoever_awaits_a_run_that_is_stopped_in_the_queue_hears_of_its_end(world: World) -> None:
    await world.publish(limited(1))
    await queue(world, 1)
    await world.run_sql("""UPDATE run SET entry = entry || '{"answers": ["parent/step/1"]}'""")
    run = await world.run()
    await act(world.db, cast(Client, None), run["id"], "stop", "ada")
    await world.route()
    stopped = await world.run()
    assert (stopped["status"], stopped["ended_reason"]) == ("ended", "stopped:ada")
    assert (await world.decisions())[-1] == "end stopped:ada"
    assert await world.events("u0") == ["Signed Up", EventName.JOURNEY_ENDED]
    (told,) = await world.rows("SELECT properties FROM event WHERE name = :name", name=EventName.JOURNEY_ENDED)
    assert (told["properties"]["reason"], told["properties"]["answers"]) == ("stopped:ada", ["parent/step/1"])
