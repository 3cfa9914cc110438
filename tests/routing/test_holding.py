"""A pause answers only when nobody can miss it any more: what begins after the answer asks for it."""

import asyncio

import pytest
from sqlalchemy import text

from domain.errors import Conflict
from routing.holding import pause
from store.database import Database
from store.operation import holds


async def test_a_pause_waits_for_claims_that_may_have_asked_before_it_was_written(db: Database) -> None:
    async with db.transaction() as claim:
        await claim.execute(text("SELECT pg_current_xact_id()"))
        pausing = asyncio.create_task(pause(db, "journey", "welcome", by="ada", reason=""))
        async with asyncio.timeout(5):
            while not await _stands(db):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        done, _ = await asyncio.wait([pausing], timeout=0.2)
        assert not done
    assert (await pausing).name == "welcome"


async def test_two_who_pause_at_once_make_one_pause(db: Database) -> None:
    both = await asyncio.gather(
        *(pause(db, "channel", "sms", by=name, reason="") for name in ("ada", "ben")), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["Conflict", "HoldRecord"]
    with pytest.raises(Conflict, match="paused already"):
        await pause(db, "channel", "sms", by="cem", reason="")


async def _stands(db: Database) -> bool:
    async with db.transaction() as tx:
        return bool(await holds.standing(tx, "journey", "welcome"))
