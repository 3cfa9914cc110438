"""The worker dies in the middle of a migration: everybody is moved once, on time, and gets nothing twice."""

from pathlib import Path
from typing import Any

from sqlalchemy import text

from runtime.settings import Settings
from tests.faults.installation import Installation, installed
from tests.fixtures.mailbox import Mailbox

PEOPLE = 40
FIRST = """
journey: series
entry: {event: Signed Up, again: always}
steps:
  - {id: hello, send: email/hello}
  - {id: rest, wait: 30d}
"""
SECOND = FIRST.replace("30d", "1s") + "  - {id: again, send: email/hello}\n  - {id: bye, send: email/bye}\n"


async def test_everybody_is_moved_once_although_the_worker_is_killed(
    world_settings: Settings, tmp_path: Path, mailbox: Mailbox
) -> None:
    async with installed(world_settings, tmp_path, mailbox) as sojourn:
        await begin(sojourn)
        operation = await migrate(sojourn)
        await sojourn.world.until(lambda: has_moved(sojourn, PEOPLE // 4), "people who were moved")
        sojourn.kill("worker")
        sojourn.start("worker")
        await sojourn.world.until(lambda: done(sojourn, operation), "end of the migration")
        await sojourn.world.until(lambda: has_ended(sojourn), "end of everybody")
        assert await number(sojourn, "SELECT count(*) FROM decision WHERE kind = 'migration'") == PEOPLE
        assert await number(sojourn, "SELECT count(DISTINCT run_id) FROM decision WHERE kind = 'migration'") == PEOPLE
        assert await number(sojourn, "SELECT count(*) FROM message WHERE step = 'hello'") == PEOPLE
        assert await number(sojourn, "SELECT count(*) FROM message WHERE step = 'bye'") == PEOPLE
        assert (await items(sojourn, operation)) == {"done"}


async def begin(sojourn: Installation) -> None:
    """Everybody waits at version 1, and version 2 is published."""
    world = sojourn.world
    for name in ("hello", "bye"):
        await world.template(name)
    await world.publish(FIRST)
    sojourn.start("worker")
    for person in range(PEOPLE):
        await world.identify(f"p{person}", email=world.address(f"p{person}"))
        await world.track(f"p{person}", "Signed Up")
    await world.until(lambda: is_waiting(sojourn), "people who wait")
    await world.publish(SECOND)


async def migrate(sojourn: Installation) -> str:
    asked = {"from": 1, "to": 2, "rate": 40}
    answer = await sojourn.world.admin.post("/v1/journeys/series/migrate", json=asked)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def done(sojourn: Installation, operation: str) -> bool:
    return bool((await sojourn.world.admin.get(f"/v1/operations/{operation}")).json()["status"] == "done")


async def items(sojourn: Installation, operation: str) -> set[Any]:
    page = (await sojourn.world.admin.get(f"/v1/operations/{operation}/items", params={"limit": 200})).json()
    assert len(page["items"]) == PEOPLE
    return {item["outcome"] for item in page["items"]}


async def is_waiting(sojourn: Installation) -> bool:
    return await number(sojourn, "SELECT count(*) FROM run WHERE step = 'rest'") == PEOPLE


async def has_moved(sojourn: Installation, count: int) -> bool:
    return await number(sojourn, "SELECT count(*) FROM run WHERE version = 2") >= count


async def has_ended(sojourn: Installation) -> bool:
    return await number(sojourn, "SELECT count(*) FROM run WHERE status = 'ended'") == PEOPLE


async def number(sojourn: Installation, query: str) -> int:
    async with sojourn.db.transaction() as tx:
        return int((await tx.execute(text(query))).scalar_one())
