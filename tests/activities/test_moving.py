"""The request that moves a run is answered once, however often it is asked, and the row's version is what counts."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from domain.effects import OrderWord
from domain.engine.commands import Adopt
from domain.program import Program
from runtime.settings import Settings
from store.database import Database
from store.journey import catalog, journeys
from tests.domain.engine.documents import BYE, compiled
from tests.fixtures.driven import Cast, DrivenRun, open_cast
from tests.routing.world import World, event

WAIT = {"id": "rest", "wait": "3d"}


def version(number: int, *steps: dict[str, str]) -> Program:
    return compiled(list(steps)).model_copy(update={"version": number})


async def publish(db: Database, *programs: Program) -> None:
    async with db.transaction() as tx:
        await journeys.save_draft(tx, "random", "", "")
        for program in programs:
            await journeys.add_version(tx, program, source="", checksum=str(program.version), published_by="test")
        await catalog.bump(tx)


async def waiting(cast: Cast, db: Database) -> DrivenRun:
    """A run of version 1 that waits, while there is a version 2."""
    await publish(db, version(1, WAIT))
    await World(db).accept(event("ann", name="Entered"))
    await cast.work()
    await publish(db, version(2, WAIT, BYE))
    (run,) = cast.runs.values()
    return run


async def version_in_row(db: Database) -> int:
    async with db.transaction() as tx:
        return int((await tx.execute(text("SELECT version FROM run"))).scalar_one())


async def moves(db: Database) -> int:
    async with db.transaction() as tx:
        return int((await tx.execute(text("SELECT count(*) FROM decision WHERE kind = 'migration'"))).scalar_one())


async def test_asked_again_it_is_answered_alike_and_done_once(world_settings: Settings, db: Database) -> None:
    async with open_cast(world_settings, db) as cast:
        run, now = await waiting(cast, db), datetime.now(UTC)
        first = await run.ask(now, Adopt(version=2, by="ada"))
        second = await run.ask(now, Adopt(version=2, by="ada"))
    assert first == second
    assert [given.kind for given in first.inputs] == ["migrate", "done"]
    assert (await version_in_row(db), await moves(db)) == (2, 1)


async def test_a_workflow_that_never_heard_of_the_move_is_given_state_and_program(
    world_settings: Settings, db: Database
) -> None:
    """The worker died after the commit, and the server forgot the order: the run goes on as its row says."""
    async with open_cast(world_settings, db) as cast:
        run, now = await waiting(cast, db), datetime.now(UTC)
        await run.ask(now, Adopt(version=2, by="ada"))
        await run.execute_update("pause", OrderWord(by="ben"), id=None, rpc_timeout=timedelta(seconds=1))
    assert (run.program.version, run.state.run.version, run.state.phase) == (2, 2, "held")
    assert (await version_in_row(db), await moves(db)) == (2, 1)
