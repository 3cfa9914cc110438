"""Sojourn as it is installed: an API and workers, each a process that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from httpx import AsyncClient, HTTPError, Timeout

from runtime.settings import Settings, variables
from runtime.stack.tether import start_tethered, stop
from runtime.temporal import connect
from store.access import keys
from store.database import Database
from tests.faults.skewed import VARIABLE
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.world import World

API = (sys.executable, "-m", "tests.faults.skewed_api")
WORKER = (sys.executable, "-m", "tests.faults.attentive_worker")
PATIENCE = 120.0
"""Whoever was killed is missed only after seconds."""

ROOT = Path(__file__).parents[2]
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


@dataclass
class Installation:
    """`world` speaks to the processes over HTTP as to any other."""

    settings: Settings
    folder: Path
    db: Database
    mailbox: Mailbox
    world: World = field(init=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(
        self, name: str, skew: float = 0, *, code: Path = ROOT, variables: Mapping[str, str] = NOTHING_MORE
    ) -> None:
        """Starts the API or a worker, with a clock that is `skew` seconds ahead, from that code, with more variables."""
        command = [*API, "--port", str(self.settings.port)] if name == "api" else [*WORKER]
        with (self.folder / f"{name}.log").open("ab") as output:
            environment = self._environment() | ({VARIABLE: str(skew)} if skew else {}) | dict(variables)
            self.processes[name] = start_tethered(command, output=output, cwd=code, environment=environment)

    def stop(self, name: str) -> None:
        """SIGTERM, as when a worker is replaced; kill -9 where it does not end."""
        stop(self.processes.pop(name))

    def kill(self, name: str) -> None:
        """kill -9, and it has gone."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    async def is_ready(self) -> bool:
        try:
            return (await self.world.shop.get("/readyz")).is_success
        except HTTPError:
            return False

    def _environment(self) -> dict[str, str]:
        names = variables()
        kept = {name: value for name, value in os.environ.items() if name not in names.values()}
        return kept | {names[field]: _text(getattr(self.settings, field)) for field in self.settings.model_fields_set}


def _text(value: Any) -> str:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal() if reveal else value)


@asynccontextmanager
async def installed(settings: Settings, folder: Path, mailbox: Mailbox) -> AsyncIterator[Installation]:
    """An API that is ready; workers are started by the test. Whatever still runs at the end is killed."""
    db = Database(settings.database_url, pool_size=3)
    installation = Installation(settings, folder, db, mailbox)
    async with db.transaction() as tx:
        write = (await keys.create(tx, keys.Scope.INGEST, source="shop", actor="test")).secret
        admin = (await keys.create(tx, keys.Scope.ADMIN, source="admin", actor="test")).secret
    client = await connect(settings, lazy=True)
    async with _caller(settings, write) as shop, _caller(settings, admin) as operator:
        installation.world = World(settings, db, mailbox, client, shop, operator, None, PATIENCE)
        installation.start("api")
        try:
            await installation.world.until(installation.is_ready, "API")
            yield installation
        finally:
            for process in installation.processes.values():
                await asyncio.to_thread(stop, process, by=signal.SIGKILL)
            await db.close()


def _caller(settings: Settings, key: str) -> AsyncClient:
    return AsyncClient(
        base_url=settings.api_url,
        headers={"Authorization": f"Bearer {key}"},
        timeout=Timeout(15),
        trust_env=False,
    )
