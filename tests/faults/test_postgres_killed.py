"""PostgreSQL dies under load: every event that was answered with 2xx is there afterwards, once (semantics 1, 2)."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from httpx import HTTPError
from sqlalchemy import text

from runtime.settings import Settings
from runtime.stack.ports import free_port
from runtime.stack.postgres import PostgresServer, start_postgres
from store.migrate import migrate
from tests.faults.installation import Installation, installed
from tests.fixtures.mailbox import Mailbox

SENDERS = 12
SECONDS = 2.0


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below pytest's own folder: as root that is closed to the account that runs PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-faults-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(folder: Path) -> Iterator[list[PostgresServer]]:
    """The running server, in a list: whoever restarts it puts the new one in."""
    servers = [start_postgres(folder / "postgres", port=free_port())]
    migrate(servers[0].url())
    yield servers
    servers[0].stop()


async def test_no_accepted_event_is_lost_when_postgres_is_killed(
    world_settings: Settings, folder: Path, mailbox: Mailbox, server: list[PostgresServer]
) -> None:
    settings = world_settings.model_copy(update={"database_url": server[0].url()})
    async with installed(settings, folder, mailbox) as sojourn:
        sojourn.start("worker")
        accepted: set[str] = set()
        stop_at = asyncio.get_running_loop().time() + 3 * SECONDS
        senders = [asyncio.create_task(send(sojourn, number, accepted, stop_at)) for number in range(SENDERS)]
        await asyncio.sleep(SECONDS)
        before = len(accepted)
        await asyncio.to_thread(crash, server, folder)
        await asyncio.gather(*senders)
        assert 0 < before < len(accepted), "it was not under load before and after"
        await sojourn.world.until(lambda: is_routed(sojourn), "empty inbox")
        async with sojourn.db.transaction() as tx:
            rows = (await tx.execute(text("SELECT message_id, count(*) FROM event GROUP BY 1"))).all()
        assert {row[0]: row[1] for row in rows if row[0] in accepted} == dict.fromkeys(accepted, 1)


def crash(server: list[PostgresServer], folder: Path) -> None:
    """kill -9, then a start on the same data and port."""
    os.kill(server[0].process.pid, signal.SIGKILL)
    server[0].process.wait()
    server[0] = start_postgres(folder / "postgres", port=server[0].port)


async def send(sojourn: Installation, number: int, accepted: set[str], stop_at: float) -> None:
    """Sends like a good client: what was not answered with 2xx is sent again under the same id."""
    clock = asyncio.get_running_loop()
    message = str(uuid4())
    while clock.time() < stop_at:
        event = {"userId": f"p{number}", "event": "Page Opened", "messageId": message}
        try:
            answer = await sojourn.world.shop.post("/v1/track", json=event)
        except HTTPError:
            await asyncio.sleep(0.05)
            continue
        if answer.is_success:
            accepted.add(message)
            message = str(uuid4())
        else:
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.05)


async def is_routed(sojourn: Installation) -> bool:
    try:
        async with sojourn.db.transaction() as tx:
            return int((await tx.execute(text("SELECT count(*) FROM inbox"))).scalar_one()) == 0
    except Exception:
        return False
