"""Runs whose workflow is gone go on from their rows, one of each kind: what 500 at once come to, `tests/faults` shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from domain.effects import DELIVER, Delivery
from domain.ids import workflow_id
from routing.audit import audit
from routing.restoring import Restored, Restoring
from routing.router import route_once
from store.journey.catalog import Catalog
from tests.fixtures.world import World

WAITING = """
journey: waiting
entry: {event: Signed Up, on_repeat: refresh}
exit: [{event: Closed, id: closed}]
steps:
  - {id: hello, send: email/hello}
  - {id: until, wait: {until: event.starts_at, if_past: continue}}
  - {id: bye, send: email/bye}
"""


@pytest.fixture
async def restored(world: World) -> World:
    for name in ("hello", "bye"):
        await world.template(name)
    await world.publish(WAITING)
    return world


async def restore(world: World, *, is_rehearsal: bool = False) -> Restored:
    return await Restoring(world.db, Catalog(), world.client).run(is_rehearsal=is_rehearsal)


async def begin(world: World, name: str, days: float = 30) -> dict[str, Any]:
    await world.identify(name, email=world.address(name))
    await world.track(name, "Signed Up", starts_at=in_days(days))
    return await world.waiting("waiting", "until")


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def lose(world: World, run: dict[str, Any]) -> None:
    await world.client.get_workflow_handle(workflow_id("waiting", run["id"])).terminate()


async def balances(world: World) -> bool:
    return (await audit(world.db, world.client)).living_in_temporal == 1


async def test_a_terminated_run_goes_on_and_a_living_one_is_left_alone(restored: World) -> None:
    run = await begin(restored, "ada")
    before = await restored.client.get_workflow_handle(workflow_id("waiting", run["id"])).describe()
    alone = await restore(restored)
    assert (alone.looked_at, alone.living, alone.restored) == (1, 1, 0)
    await lose(restored, run)
    assert (await restore(restored, is_rehearsal=True)).restored == 1
    assert (await restore(restored)).restored == 1
    assert (await restore(restored)).restored == 0
    await restored.until(lambda: balances(restored), "one living workflow")
    after = await restored.client.get_workflow_handle(workflow_id("waiting", run["id"])).describe()
    assert before.run_id != after.run_id
    assert await after.static_summary() == "waiting v1"
    await restored.insist(run["id"], "skip-wait")
    await restored.run_in("waiting", "ended")
    assert [mail["subject"] for mail in await restored.mails("ada", 2)] == ["hello", "bye"]


async def test_a_run_that_is_restored_from_an_older_row_finds_its_messages_in_the_ledger(restored: World) -> None:
    """As after a process that died between sending and writing: what the ledger has is not handed over again."""
    run = await begin(restored, "ada")
    await restored.insist(run["id"], "skip-wait")
    await restored.run_in("waiting", "ended")
    async with restored.db.transaction() as tx:
        await tx.execute(text("UPDATE run SET status = 'running', state = '{}', number = 0"))
    assert (await restore(restored)).restored == 1
    await restored.until(lambda: waits_again(restored), "the wait once more")
    await restored.insist(run["id"], "skip-wait")
    await restored.run_in("waiting", "ended")
    assert [mail["subject"] for mail in await restored.mails("ada", 2)] == ["hello", "bye"]
    assert [message["step"] for message in await restored.messages("ada")] == ["hello", "bye"]


async def waits_again(world: World) -> bool:
    return [run["status"] for run in await world.runs("waiting")] == ["running"]


async def test_a_refresh_that_only_the_lost_workflow_heard_is_heard_again(restored: World) -> None:
    run = await begin(restored, "ada")
    await restored.stop_worker()
    await restored.track("ada", "Signed Up", starts_at=in_days(60))
    await route_once(restored.db, Catalog())
    async with restored.db.transaction() as tx:
        assert (await tx.execute(text("DELETE FROM command"))).rowcount == 1
    await lose(restored, run)
    assert (await restore(restored)).restored == 1
    restored.start_worker()

    async def is_later() -> bool:
        (now,) = await restored.runs("waiting")
        return bool(now["waiting_until"] > run["waiting_until"])

    await restored.until(is_later, "a later end of the wait")


async def test_a_paused_run_takes_the_exit_that_only_the_lost_workflow_heard(restored: World) -> None:
    run = await begin(restored, "ada")
    await restored.insist(run["id"], "pause")
    await restored.stop_worker()
    await restored.track("ada", "Closed")
    await route_once(restored.db, Catalog())
    async with restored.db.transaction() as tx:
        assert (await tx.execute(text("DELETE FROM command"))).rowcount == 1
    await lose(restored, run)
    assert (await restore(restored)).restored == 1
    restored.start_worker()
    assert (await restored.run_in("waiting", "ended"))["ended_reason"] == "exit:closed"


async def test_what_was_delivered_before_is_not_taken_again_and_what_waits_is_delivered(restored: World) -> None:
    run = await begin(restored, "ada")
    await lose(restored, run)
    await restored.track("ada", "Signed Up", starts_at=in_days(40))

    async def has_failed() -> bool:
        async with restored.db.transaction() as tx:
            return bool((await tx.execute(text("SELECT count(*) FROM command WHERE failure IS NOT NULL"))).scalar_one())

    await restored.until(has_failed, "a command that found no workflow")
    await restore(restored)

    async def is_delivered() -> bool:
        async with restored.db.transaction() as tx:
            return int((await tx.execute(text("SELECT count(*) FROM command"))).scalar_one()) == 0

    await restored.until(is_delivered, "empty outbox")
    handle = restored.client.get_workflow_handle(workflow_id("waiting", run["id"]))
    await handle.signal(DELIVER, Delivery(number=2, kind="leave", reason="exit:repeated"))
    await restored.insist(run["id"], "pause")
    assert [one["status"] for one in await restored.runs("waiting")] == ["paused"]


async def test_a_run_whose_version_is_gone_is_named_and_keeps_nobody_else(restored: World) -> None:
    ada = await begin(restored, "ada")
    await begin(restored, "ben")
    await restored.waiting("waiting", "until", 2)
    for run in await restored.runs("waiting"):
        await lose(restored, run)
    async with restored.db.transaction() as tx:
        await tx.execute(text("UPDATE run SET version = 9 WHERE id = :id"), {"id": ada["id"]})
    found = await restore(restored)
    assert (found.restored, [(str(one.run), one.failure) for one in found.failed]) == (1, [(ada["id"], "NotFound")])
