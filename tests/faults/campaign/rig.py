"""Sojourn installed on servers of its own that can be broken: PostgreSQL behind a door, Temporal, mail and SMS doubles."""

import asyncio
import contextlib
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr

from runtime.settings import Settings
from runtime.stack.ports import free_port
from runtime.stack.postgres import PostgresServer, start_postgres
from runtime.stack.readiness import wait_until
from runtime.stack.temporal_server import is_prepared, launch_temporal, server_command
from runtime.stack.tether import stop
from runtime.twilio_double.app import create_twilio_app
from runtime.twilio_double.exchange import Account, Exchange
from runtime.twilio_double.messages import VALID_SENDER
from store.migrate import migrate
from tests.doubles.smtp import SmtpScript, smtp_double
from tests.faults.campaign.door import Door
from tests.faults.campaign.older import Older, unpack_older
from tests.faults.installation import ROOT, Installation, installed
from tests.fixtures.loopback import serving
from tests.fixtures.mailbox import Mailbox

T = TypeVar("T")

SID = "AC" + "0" * 32
SECONDS_A_DAY = 86_400
CONNECTIONS = 60
CACHE = 100
"""Runs that a worker keeps in memory: fewer than a wave brings, so that runs are rebuilt from their histories all the time,
and the cache is full before it is judged whether a worker grows."""

STARTING = 60.0
"""Seconds within which a worker must be ready."""

PROGRAMS = ("api", "worker-1", "worker-2")
SERVERS = ("postgres", "temporal")


@dataclass
class Rig:
    """Everything is started by one thread that lives as long as the rig. `older`: the version that is put beside today's, if one
    has been; `older_workers` are the ids of its processes."""

    folder: Path
    post: SmtpScript
    exchange: Exchange
    door: Door
    postgres: PostgresServer
    starter: ThreadPoolExecutor
    temporal_port: int
    sojourn: Installation = field(init=False)
    temporal: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    older: Older | None = None
    older_workers: set[int] = field(default_factory=set)

    async def kill(self, name: str) -> None:
        """kill -9, and it has gone."""
        self.deaths += 1
        if name == "postgres":
            self.postgres.process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(self.postgres.process.wait)
        elif name == "temporal":
            await self.stop_temporal()
        else:
            await asyncio.to_thread(self.sojourn.kill, name)

    async def start(self, name: str) -> None:
        """Starts what was killed, on the same data and port."""
        if name == "postgres":
            self.postgres = await self.on_starter(lambda: self._start_postgres())
        elif name == "temporal":
            self.temporal = await self.on_starter(lambda: self._start_temporal())
        else:
            await self.on_starter(lambda: self.sojourn.start(name))

    async def replace(self, name: str, *, by: Older | None = None) -> None:
        """SIGTERM to a worker, and another one in its place: today's, or an older one. Returns when that works."""
        await asyncio.to_thread(self.sojourn.stop, name)
        log = self.folder / f"{name}.log"
        begun = log.stat().st_size
        await self.on_starter(
            partial(self.sojourn.start, name, code=by.folder) if by else partial(self.sojourn.start, name)
        )
        if by is not None:
            self.older_workers.add(self.sojourn.processes[name].pid)
        async with asyncio.timeout(STARTING):
            while b"worker_ready" not in await asyncio.to_thread(read_from, log, begun):  # noqa: ASYNC110
                await asyncio.sleep(0.1)  # another process writes it

    async def on_starter(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.starter, work)

    async def older_version(self) -> Older | None:
        """The version before today's; None where there is no history to take it from."""
        if self.older is None:
            self.older = await asyncio.to_thread(unpack_older, ROOT, self.folder / "older")
        return self.older

    async def stop_temporal(self) -> None:
        process, self.temporal = self.temporal, None
        if process is not None:
            await asyncio.to_thread(stop, process, by=signal.SIGKILL)

    def _start_postgres(self) -> PostgresServer:
        return start_server(self.folder / "postgres", self.postgres.port)

    def _start_temporal(self) -> subprocess.Popen[bytes]:
        command = server_command(port=self.temporal_port, ui_port=None, database=self.folder / "temporal.db")
        log = self.folder / "temporal.log"
        process = launch_temporal(command, log)
        wait_until(lambda: is_prepared(f"127.0.0.1:{self.temporal_port}"), process, log)
        return process


def read_from(log: Path, offset: int) -> bytes:
    with log.open("rb") as file:
        file.seek(offset)
        return file.read()


def start_server(folder: Path, port: int) -> PostgresServer:
    return start_postgres(folder, port=port, options=(f"max_connections={CONNECTIONS}",))


@asynccontextmanager
async def open_rig(folder: Path) -> AsyncIterator[Rig]:
    """Everything runs: two workers, an API, PostgreSQL, Temporal, and the doubles of what lies beyond the internet."""
    async with AsyncExitStack() as stack:
        starter = stack.enter_context(ThreadPoolExecutor(1))
        loop = asyncio.get_running_loop()
        postgres = await loop.run_in_executor(starter, start_server, folder / "postgres", free_port())
        await asyncio.to_thread(migrate, postgres.url())
        door = await stack.enter_async_context(Door.open(postgres.port))
        post = await stack.enter_async_context(smtp_double(SmtpScript(pause=0.05)))
        exchange = Exchange(Account(SID, "token"), pace=timedelta(milliseconds=100))
        stack.push_async_callback(exchange.close)
        phone = await stack.enter_async_context(serving(create_twilio_app(exchange)))
        rig = Rig(folder, post, exchange, door, postgres, starter, free_port())
        stack.push_async_callback(_stop_servers, rig)
        await rig.start("temporal")
        settings = _settings(rig, phone)
        rig.sojourn = await stack.enter_async_context(installed(settings, folder, Mailbox(post.port, "")))
        for name in PROGRAMS[1:]:
            rig.sojourn.start(name)
        yield rig


async def _stop_servers(rig: Rig) -> None:
    await rig.stop_temporal()
    with contextlib.suppress(ProcessLookupError):
        await asyncio.to_thread(rig.postgres.stop)


def _settings(rig: Rig, phone: str) -> Settings:
    url = rig.postgres.url().replace(f":{rig.postgres.port}/", f":{rig.door.port}/")
    return Settings(
        database_url=url,
        database_pool=5,
        temporal_address=f"127.0.0.1:{rig.temporal_port}",
        smtp_port=rig.post.port,
        smtp_timeout=2,
        smtp_connections=4,
        port=free_port(),
        secret_key=SecretStr("a secret for tests, long enough to sign"),
        twilio_account_sid=SID,
        twilio_auth_token=SecretStr("token"),
        twilio_sender=VALID_SENDER,
        twilio_base_url=phone,
        worker_pollers=4,
        worker_cache=CACHE,
        worker_grace=2,
        send_lease=4,
        time_scale=SECONDS_A_DAY,
    )
