"""The dry run turns out to be true, person by person, while things go on happening.

A hundred people on real Temporal, and a thousand driven by the workflow's own code (`tests/fixtures/driven.py`) against real
PostgreSQL and SMTP: a thousand workflows would take minutes on two cores.
"""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.effects import OrderWord
from domain.engine.commands import Stop
from domain.errors import Conflict
from routing.bulk.action import Context
from routing.bulk.actions import ACTIONS
from routing.bulk.migrating import parameters_of
from tests.e2e import crowd
from tests.e2e.crowd import Person
from tests.e2e.judging import Foretold, as_foretold
from tests.fixtures.driven import Cast, DrivenRun, open_cast, temporal_client
from tests.fixtures.world import World

ON_TEMPORAL = 110
THOUSAND = 1000
SIDE_BY_SIDE = 16


async def announced(world: World, everybody: list[Person], now: datetime) -> None:
    """Everybody is known, and what starts their runs is accepted."""
    for template in ("hello", "bye", "more"):
        await world.template(template)
    await world.publish(crowd.journey(1, now))
    calls = crowd.beginnings(everybody, world.tag, now)
    for start in range(0, len(calls), 100):
        answer = await world.shop.post("/v1/batch", json={"batch": calls[start : start + 100]})
        assert answer.json()["errors"] == [], answer.text


async def begun(world: World, everybody: list[Person], now: datetime) -> None:
    """Everybody is under way and waits."""
    await announced(world, everybody, now)

    async def waiting() -> bool:
        found = await crowd.facts(world.db)
        return len(found) == len(everybody) and all(fact.until for fact in found.values())

    world.patience = 60
    await world.until(waiting, "crowd that waits")


async def foretold(world: World, count: int) -> Foretold:
    """The dry run over everybody, who rest."""
    await world.until(lambda: nobody_has_just_come(world), "crowd that has been there for a second")
    asked = {"from": 1, "to": 2, "map": crowd.MAP}
    answer = await world.admin.post("/v1/journeys/crowd/migrate/forecast?people=true", json=asked)
    assert answer.is_success, answer.text
    told = crowd.foretold(answer.json())
    assert len(told) == answer.json()["total"] == count
    return await as_foretold(world.db, told, datetime.fromisoformat(answer.json()["as_of"]))


async def meanwhile(world: World, everybody: list[Person]) -> None:
    """What happens to some while the others are moved."""
    for one in everybody:
        if one.rings:
            await world.track(one.user, "Rang")
        if one.buys:
            await world.track(one.user, "Bought")


async def moved(world: World, **asked: Any) -> None:
    answer = await world.admin.post("/v1/journeys/crowd/migrate", json={"from": 1, "to": 2, "map": crowd.MAP, **asked})
    assert answer.status_code == 202, answer.text

    async def ended() -> bool:
        operation = (await world.admin.get(f"/v1/operations/{answer.json()['id']}")).json()
        assert operation["failed"] == 0, operation
        return bool(operation["status"] == "done")

    await world.until(ended, "end of the migration")


_NEWEST = text("SELECT max(CAST(state -> 'entered' ->> 'at' AS timestamptz)) < now() - interval '1 second' FROM run")


async def nobody_has_just_come(world: World) -> bool:
    """Whether the shortest wait of version 2, a second, is over for everybody: at the dry run as at the move."""
    async with world.db.transaction() as tx:
        return bool((await tx.execute(_NEWEST)).scalar_one())


_DUE = text("""
    SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM command)
         + (SELECT count(*) FROM run WHERE status <> 'ended' AND (waiting_until IS NULL OR waiting_until <= now()))
""")


async def nothing_is_due(world: World) -> bool:
    """Whether everybody waits for what is still to come."""
    async with world.db.transaction() as tx:
        return bool((await tx.execute(_DUE)).scalar_one() == 0)


async def finished(world: World) -> None:
    """Every wait of everybody is skipped, until all have come to their end."""
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def skip(run: str) -> None:
        async with gate:
            await world.order(run, "skip-wait")

    async def over() -> bool:
        living = [fact for fact in (await crowd.facts(world.db)).values() if fact.status != "ended"]
        await asyncio.gather(*(skip(str(fact.run)) for fact in living if fact.until))
        return not living

    await world.until(over, "end of everybody")


async def test_the_forecast_is_what_comes_to_pass_person_by_person(world: World) -> None:
    now, everybody = datetime.now(UTC), crowd.people(ON_TEMPORAL)
    await begun(world, everybody, now)
    await world.publish(crowd.journey(2, now))
    told = await foretold(world, ON_TEMPORAL)
    await asyncio.gather(moved(world, rate=1000), meanwhile(world, everybody))

    async def at_rest() -> bool:
        late = [one.user for one in everybody if one.buys]
        found = await crowd.facts(world.db)
        return all(found[user].status == "ended" for user in late) and await nothing_is_due(world)

    await world.until(at_rest, "crowd at rest")
    undisturbed, _ = await told.judge_the_move(world.db)
    assert undisturbed > ON_TEMPORAL / 2
    assert set((await crowd.moves(world.db)).values()) == {1}
    await finished(world)
    assert await told.judge_the_sends(world.db) > ON_TEMPORAL / 2


async def test_a_thousand_people_go_where_the_forecast_said(world: World) -> None:
    await world.stop_worker()
    now, everybody = datetime.now(UTC), crowd.people(THOUSAND, seed=11)
    async with open_cast(world.settings, world.db) as cast:
        await announced(world, everybody, now)
        await cast.work()
        await world.publish(crowd.journey(2, now))
        told = await foretold(world, THOUSAND)
        going = asyncio.create_task(meanwhile(world, everybody))
        moving = asyncio.create_task(move_all(cast, told.before))
        while not (going.done() and moving.done()):
            await cast.work()
            await asyncio.sleep(0)
        await asyncio.gather(going, moving)
        await cast.work()
        undisturbed, disturbed = await told.judge_the_move(world.db)
        assert undisturbed > THOUSAND / 2
        assert disturbed > 0
        assert set((await crowd.moves(world.db)).values()) == {1}
        while living := [run for run in cast.runs.values() if not isinstance(run.command, Stop)]:
            await asyncio.gather(*(skip(cast, run) for run in living))
        assert await told.judge_the_sends(world.db) > THOUSAND / 2


async def skip(cast: Cast, run: DrivenRun) -> None:
    async with cast.gate:
        await run.execute_update("skip_wait", OrderWord(by="ada"), id=None, rpc_timeout=timedelta(seconds=1))


async def move_all(cast: Cast, before: dict[str, crowd.Fact]) -> None:
    """What the operation's activity does with each run, in no particular order."""
    runs = [fact.run for fact in before.values()]
    Random(5).shuffle(runs)
    context = Context(cast.db, cast.catalog, temporal_client(cast), UUID(int=1))
    parameters = parameters_of("crowd", 1, 2, crowd.MAP, sample=None, seed="")

    async def move(run: UUID) -> None:
        async with cast.gate:
            with contextlib.suppress(Conflict):
                await ACTIONS["migrate"](context, run, parameters, "ada")

    await asyncio.gather(*(move(run) for run in runs))
