"""What breaks. Each fault lasts a few seconds under load and leaves everything running again."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from random import Random

import psycopg

from runtime.twilio_double.messages import Fault, Script
from tests.doubles.smtp import Drop
from tests.faults.campaign.rig import CONNECTIONS, PROGRAMS, SERVERS, Rig

Trouble = Callable[[Rig, Random], Awaitable[None]]


class NotPossible(Exception):
    """This machine cannot show the fault; says why."""


async def _dies(rig: Rig, random: Random, *names: str) -> None:
    """kill -9 at a random moment, down for a while, started again."""
    await asyncio.sleep(random.uniform(0, 1))
    for name in names:
        await rig.kill(name)
    await asyncio.sleep(random.uniform(0.2, 2))
    for name in sorted(names, key=(*SERVERS, *PROGRAMS).index):
        await rig.start(name)


async def worker_killed(rig: Rig, random: Random) -> None:
    await _dies(rig, random, random.choice(PROGRAMS[1:]))


async def both_workers_killed(rig: Rig, random: Random) -> None:
    await _dies(rig, random, *PROGRAMS[1:])


async def api_killed(rig: Rig, random: Random) -> None:
    await _dies(rig, random, "api")


async def postgres_killed(rig: Rig, random: Random) -> None:
    await _dies(rig, random, "postgres")


async def temporal_killed(rig: Rig, random: Random) -> None:
    await _dies(rig, random, "temporal")


async def all_killed(rig: Rig, random: Random) -> None:
    await _dies(rig, random, *PROGRAMS, *SERVERS)


async def older_beside(rig: Rig, random: Random) -> None:
    """A release is rolled back on one worker and forward again: the older one runs beside today's, is alone for a while, and goes.
    Whatever runs passes from one to the other and back."""
    older = await rig.older_version()
    if older is None:
        raise NotPossible("needs the repository's history")
    today, other = PROGRAMS[1:]
    await rig.replace(other, by=older)
    await asyncio.sleep(random.uniform(1, 3))
    await rig.replace(today)
    await asyncio.sleep(random.uniform(1, 2))
    await rig.replace(other)


async def clocks_moved(rig: Rig, random: Random) -> None:
    """The API's clock is some minutes behind and a worker's as much ahead."""
    minutes = random.uniform(5, 30) * 60
    for name, skew in (("api", -minutes), (PROGRAMS[-1], minutes)):
        await rig.kill(name)
        await rig.on_starter(partial(rig.sojourn.start, name, skew))
    await asyncio.sleep(random.uniform(2, 4))
    for name in ("api", PROGRAMS[-1]):
        await rig.kill(name)
        await rig.start(name)


async def database_slow(rig: Rig, random: Random) -> None:
    """Every piece of data to and from PostgreSQL takes 20 to 60 ms longer."""
    rig.door.delay = random.uniform(0.02, 0.06)
    await asyncio.sleep(random.uniform(2, 4))
    rig.door.delay = 0


async def connections_exhausted(rig: Rig, random: Random) -> None:
    """Somebody else takes every connection that PostgreSQL has left, and cuts those that we have."""
    taken: list[psycopg.AsyncConnection] = []
    try:
        with contextlib.suppress(psycopg.OperationalError):
            for _ in range(CONNECTIONS):
                taken.append(await psycopg.AsyncConnection.connect(rig.postgres.url(), autocommit=True))
        if taken:
            pids = [connection.info.backend_pid for connection in taken]
            await taken[0].execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> ALL(%s)",
                (pids,),
            )
        with contextlib.suppress(psycopg.OperationalError):
            for _ in range(CONNECTIONS):
                taken.append(await psycopg.AsyncConnection.connect(rig.postgres.url(), autocommit=True))
        await asyncio.sleep(random.uniform(1, 3))
    finally:
        for connection in taken:
            await connection.close()


async def disk_full(rig: Rig, random: Random) -> None:
    """The file system of PostgreSQL has no byte left for a while. It may give up; then it is started again."""
    ballast = rig.folder / "postgres" / "ballast"
    await asyncio.to_thread(_fill, ballast)
    await asyncio.sleep(random.uniform(1, 3))
    await asyncio.to_thread(ballast.unlink)
    await asyncio.sleep(0.5)
    if rig.postgres.process.poll() is not None:
        await rig.start("postgres")


def _fill(ballast: Path) -> None:
    """Takes all the space there is. Raises NotPossible when that space is not PostgreSQL's alone."""
    if not os.path.ismount(ballast.parent):
        raise NotPossible("needs a small file system of its own, which only root can mount")
    space = os.statvfs(ballast.parent)
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, space.f_bavail * space.f_frsize)


async def mail_cut_before_answer(rig: Rig, random: Random) -> None:
    """The server takes mails and cuts the connection before it says so: nobody can know (semantics 21)."""
    rig.post.mail_answer = Drop
    await asyncio.sleep(random.uniform(1, 2))
    rig.post.mail_answer = None


async def mail_server_slow(rig: Rig, random: Random) -> None:
    """Answers come after the sender's patience."""
    rig.post.pause, usual = 2.5, rig.post.pause
    await asyncio.sleep(random.uniform(1, 3))
    rig.post.pause = usual


async def mail_server_busy(rig: Rig, random: Random) -> None:
    """421: too many connections."""
    rig.post.sender_answer = "421 4.7.0 too many connections"
    await asyncio.sleep(random.uniform(1, 3))
    rig.post.sender_answer = None


async def texts_fail(rig: Rig, random: Random) -> None:
    """Twilio asks to slow down, fails, fails after having taken the message, and never answers."""
    faults = [
        Fault(status=429, code=20429, retry_after=1),
        Fault(status=500),
        Fault(status=502, take=True),
        Fault(hang=True, take=True),
        Fault(hang=True),
    ]
    random.shuffle(faults)
    rig.exchange.follow(Script(faults=tuple(faults)))
    await asyncio.sleep(1)


async def callbacks_disordered(rig: Rig, random: Random) -> None:
    """Every call-back comes twice from now on for some phones, in the wrong order for others, or never."""
    ways = ("twice", "reversed", "none")
    fates = {f"+1415556{n:04d}": {"callbacks": random.choice(ways)} for n in range(0, 2000, 3)}
    rig.exchange.follow(Script.model_validate({"fates": fates}))


TROUBLES: dict[str, Trouble] = {
    "worker killed": worker_killed,
    "both workers killed": both_workers_killed,
    "API killed": api_killed,
    "PostgreSQL killed": postgres_killed,
    "Temporal killed": temporal_killed,
    "everything killed at once": all_killed,
    "older worker beside a new one": older_beside,
    "clocks of API and worker moved": clocks_moved,
    "slow database": database_slow,
    "connections exhausted": connections_exhausted,
    "disk full": disk_full,
    "mail taken, connection cut": mail_cut_before_answer,
    "mail server slow": mail_server_slow,
    "mail server busy": mail_server_busy,
    "SMS provider fails": texts_fail,
    "call-backs twice, reversed, missing": callbacks_disordered,
}
