"""A PostgreSQL server of our own: a direct child, on 127.0.0.1 only, with its data in one folder.

The programs come from a wheel whose own Python wrapper is not used: after kill -9 that one trusts a reused process id.
Here nothing is remembered between starts but the data folder, whose lock PostgreSQL itself keeps.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from domain.errors import Unavailable
from runtime.secrets import stored_secret, write_secret
from runtime.stack.ports import free_port
from runtime.stack.postgres_binaries import (
    Binaries,
    can_reach,
    executable_for,
    find_binaries,
    server_account,
)
from runtime.stack.tether import Account, start_tethered, stop

USER = "sojourn"
DATABASE = "postgres"
ELSEWHERE = Path("/var/lib/sojourn")
"""Where root's servers keep their data when their account cannot enter the folder that was asked for."""

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
READY = "database system is ready to accept connections"
LOCKED = ('lock file "postmaster.pid" already exists', "pre-existing shared memory block")
LONGEST_RECOVERY = 600
"""Seconds that a server may read its log after a crash before we give up on it."""
PORT_TAKEN = "could not create any TCP/IP sockets"


@dataclass(frozen=True)
class PostgresServer:
    """A running server. It stops when the thread that started it ends."""

    process: subprocess.Popen[bytes]
    port: int
    password: str
    log: Path

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{USER}:{quote(self.password)}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """Disconnects clients, writes everything out, and waits until the server has gone."""
        stop(self.process, by=signal.SIGINT, patience=30)


def start_postgres(
    folder: Path,
    *,
    port: int | None = None,
    log: Path | None = None,
    binaries: Path | None = None,
    options: tuple[str, ...] = (),
    patience: float = 60,
) -> PostgresServer:
    """A server on the data in `folder` (made on first use), ready for connections.

    `options` are settings as `name=value`. Waits up to `patience` seconds for a predecessor to leave the folder.
    Raises Unavailable with the last lines of the log.
    """
    account = server_account()
    home = _reachable(folder, account)
    programs = executable_for(find_binaries(binaries), account, home / "binaries")
    with _only_one(home / "init.lock"):
        password = stored_secret(home / "password")
        if not (home / "data").is_dir():
            _initialise(home, programs, password, account)
    log = log or home / "postgres.log"
    deadline = time.monotonic() + patience
    while True:
        chosen = port or free_port()
        process, failure = _launch(programs, home / "data", chosen, log, account, options)
        if process is not None:
            return PostgresServer(process, chosen, password, log)
        wait_and_retry = any(text in failure for text in LOCKED) or (PORT_TAKEN in failure and port is None)
        if not wait_and_retry or time.monotonic() > deadline:
            raise Unavailable(
                f"PostgreSQL did not start on {home / 'data'}:\n{failure[-2000:]}", code="postgres_unavailable"
            )
        time.sleep(0.2)


def data_home(folder: Path) -> Path:
    """Where the data of `folder` really lies: there, or for root behind a closed folder below /var/lib/sojourn."""
    return folder.resolve()


def _reachable(folder: Path, account: Account | None) -> Path:
    if not folder.is_symlink():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
    if can_reach(account, folder):
        return folder.resolve()
    if folder.is_symlink():
        raise Unavailable(f"{folder} leads to {folder.resolve()}, which {account and account.name} cannot enter")
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=ELSEWHERE))
    for place in (ELSEWHERE, home):
        place.chmod(0o711)
    folder.rmdir()
    folder.symlink_to(home)
    return home


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _initialise(home: Path, programs: Binaries, password: str, account: Account | None) -> None:
    """Makes the cluster in `data.init` and renames it: a folder called `data` is always complete."""
    unfinished, secret = home / "data.init", home / "password.init"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    write_secret(secret, password)
    if account:
        for place in (unfinished, secret):
            os.chown(place, account.uid, account.gid)
    with (home / "initdb.log").open("wb+") as output:
        command: list[str | Path] = [
            programs.initdb,
            f"--pgdata={unfinished}",
            f"--username={USER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--no-sync",
            "--no-instructions",
        ]
        initdb = start_tethered(command, output=output, account=account, cwd=Path("/"), environment=ENVIRONMENT)
        status = initdb.wait()
        output.seek(0)
        said = output.read().decode(errors="replace")
    secret.unlink(missing_ok=True)
    if status != 0:
        raise Unavailable(f"initdb failed in {unfinished}:\n{said[-2000:]}", code="postgres_unavailable")
    unfinished.rename(home / "data")


def _launch(
    programs: Binaries,
    data: Path,
    port: int,
    log: Path,
    account: Account | None,
    options: tuple[str, ...],
) -> tuple[subprocess.Popen[bytes] | None, str]:
    """The process once its log says that it is ready; or None and what it said before it gave up."""
    settings = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "timezone=UTC", *options)
    flags = [part for setting in settings for part in ("-c", setting)]
    with log.open("ab") as output:
        begin = output.tell()
        process = start_tethered(
            [programs.postgres, "-D", data, *flags],
            output=output,
            when_parent_dies=signal.SIGINT,
            account=account,
            cwd=Path("/"),
            environment=ENVIRONMENT,
        )
    deadline = time.monotonic() + LONGEST_RECOVERY
    while True:
        ended = process.poll() is not None
        with log.open("rb") as lines:
            lines.seek(begin)
            said = lines.read().decode(errors="replace")
        if READY in said and not ended:
            return process, said
        if ended:
            return None, said
        if time.monotonic() > deadline:
            stop(process, by=signal.SIGINT)
            return None, said
        time.sleep(0.01)
