"""Temporal dies while events come in: they are accepted and routed, and what it has to be told waits."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from runtime.settings import Settings
from tests.faults.installation import Installation, installed
from tests.faults.temporal_on_disk import TemporalServer
from tests.fixtures.mailbox import Mailbox

EARLIER, MEANWHILE = 5, 20
JOURNEY = """
journey: asking
entry: {event: Signed Up}
steps:
  - {id: hello, send: email/hello}
  - id: answer
    wait_for: {event: Answered, within: 30d}
    then: [{id: thanks, send: email/thanks}]
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TemporalServer]:
    server = TemporalServer(tmp_path)
    yield server
    server.stop()


def test_what_came_in_while_temporal_was_down_is_done_afterwards(
    world_settings: Settings, tmp_path: Path, mailbox: Mailbox, server: TemporalServer
) -> None:
    """The server is started outside an event loop, since preparing it needs one of its own."""
    settings = world_settings.model_copy(update={"temporal_address": server.address, "temporal_namespace": "default"})
    asyncio.run(_outage(settings, tmp_path, mailbox, server))


async def _outage(settings: Settings, folder: Path, mailbox: Mailbox, server: TemporalServer) -> None:
    async with installed(settings, folder, mailbox) as sojourn:
        world = sojourn.world
        for name in ("hello", "thanks"):
            await world.template(name)
        await world.publish(JOURNEY)
        sojourn.start("worker")
        for number in range(EARLIER):
            await sign_up(sojourn, number)
        await world.waiting("asking", "answer", EARLIER)

        server.kill()
        for number in range(EARLIER):
            await world.track(f"p{number}", "Answered")
        for number in range(EARLIER, EARLIER + MEANWHILE):
            await sign_up(sojourn, number)
        await world.until(lambda: routed(sojourn), "empty inbox")
        assert await count(sojourn, "command") == EARLIER + MEANWHILE
        assert (await world.shop.get("/readyz")).is_success

        await asyncio.to_thread(server.start)
        await world.run_in("asking", "ended", EARLIER)
        await world.waiting("asking", "answer", MEANWHILE)
        assert await count(sojourn, "command") == 0
        for number in range(EARLIER + MEANWHILE):
            subjects = [mail["subject"] for mail in await world.mails(f"p{number}", 1)]
            assert subjects == (["hello", "thanks"] if number < EARLIER else ["hello"])


async def sign_up(sojourn: Installation, number: int) -> None:
    await sojourn.world.identify(f"p{number}", email=sojourn.world.address(f"p{number}"))
    await sojourn.world.track(f"p{number}", "Signed Up")


async def routed(sojourn: Installation) -> bool:
    return await count(sojourn, "inbox") == 0


async def count(sojourn: Installation, table: str) -> int:
    async with sojourn.db.transaction() as tx:
        return int((await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())
