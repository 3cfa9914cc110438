"""A run reads what its own step before has written, also within one transaction (semantics 4)."""

from typing import Any

import pytest
from sqlalchemy import text

from runtime.settings import Settings
from store.database import Database
from store.journey import catalog, journeys
from tests.domain.engine.documents import compiled
from tests.fixtures.driven import open_cast
from tests.routing.world import World, event


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"score": "+5"}, {"score": {"gte": 5}}), ({"set": {"plan": "pro"}}, {"plan": "pro"})],
    ids=["score", "attribute"],
)
async def test_the_branch_behind_a_change_sees_it(
    world_settings: Settings, db: Database, change: dict[str, Any], rule: dict[str, Any]
) -> None:
    program = compiled([change, {"branch": [{"if": rule, "steps": [{"exit": "seen"}]}]}])
    async with db.transaction() as tx:
        await journeys.save_draft(tx, "random", "", "")
        await journeys.add_version(tx, program, source="", checksum="1", published_by="test")
        await catalog.bump(tx)
    await World(db).accept(event("ann", name="Entered"))
    async with open_cast(world_settings, db) as cast:
        await cast.work()
    async with db.transaction() as tx:
        assert (await tx.execute(text("SELECT ended_reason FROM run"))).scalar_one() == "exit:seen"
