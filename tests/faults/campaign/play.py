"""One campaign from the first arrival to the verdict."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from random import Random
from time import monotonic

import psutil  # type: ignore[import-untyped]
from httpx import HTTPError
from sqlalchemy.exc import DBAPIError

from tests.faults.campaign.books import Verdict, balance, rows
from tests.faults.campaign.load import Crowd
from tests.faults.campaign.memory import Growth
from tests.faults.campaign.model import fate
from tests.faults.campaign.people import JOURNEYS, MAIL_TEMPLATES, TEXT_TEMPLATES, Person, population, waves
from tests.faults.campaign.rig import PROGRAMS, Rig, open_rig
from tests.faults.campaign.trouble import TROUBLES, NotPossible

SETTLING = 240.0
"""Seconds after the last trouble within which everybody must have come to their end."""

MEGABYTE = 2**20


@dataclass(frozen=True)
class Calm:
    """What comes after the storm: so many waves of so many people, who all do the same."""

    waves: int
    people: int


@dataclass
class Report:
    """How it went. `memory`: of each program, over the waves after the storm. `older`: the commit whose worker took part."""

    seed: int
    people: int
    troubles: Counter[str] = field(default_factory=Counter)
    not_possible: dict[str, str] = field(default_factory=dict)
    deaths: int = 0
    seconds: float = 0
    settled_after: float = 0
    verdict: Verdict = field(default_factory=Verdict)
    memory: dict[str, Growth] = field(default_factory=dict)
    older: str = ""


async def play(
    folder: Path,
    *,
    seed: int,
    people: int,
    names: Sequence[str],
    is_put_off: bool = True,
    calm: Calm = Calm(0, 0),
    tell: Callable[[str], None] = lambda line: None,
) -> Report:
    """Lets `people` arrive while the named troubles come one after the other, waits for the end, lets the same come in `calm`
    again and again to see whether anything grows, and balances the books over all of it.

    `is_put_off`: the mail server makes some wait for a minute, as greylisting does.
    """
    random = Random(seed)
    report = Report(seed, people)
    began = monotonic()
    others = _children()
    async with open_rig(folder) as rig:
        await _publish(rig)
        stormy = population(seed, people, seconds=2.5 * len(names))
        steady = waves(seed, calm.waves, calm.people, after=people)
        crowd = Crowd(rig, [*stormy, *chain.from_iterable(steady)], seed, is_put_off=is_put_off)
        acting = asyncio.create_task(crowd.act(stormy))
        for name in names:
            tell(name)
            try:
                await TROUBLES[name](rig, random)
                report.troubles[name] += 1
            except NotPossible as reason:
                report.not_possible[name] = str(reason)
        tell("the storm is over")
        over = monotonic()
        in_time = await _settle(rig, acting)
        report.settled_after = monotonic() - over
        if in_time and steady:
            tell("the same again and again, in calm")
            report.memory = await _watch_memory(rig, crowd, steady)
        report.verdict = await balance(rig, crowd)
        if not in_time:
            report.verdict.wrong.insert(0, f"not everything was over after {SETTLING:.0f} s")
        report.deaths = rig.deaths
        report.older = rig.older.commit if rig.older else ""
    leaks = [name for name, growth in report.memory.items() if growth.is_leak]
    report.verdict.wrong += [f"{name} grows: {report.memory[name].per_run:.0f} KiB for each run" for name in leaks]
    report.verdict.wrong += [f"process {process.pid} is left" for process in _children() - others]
    report.seconds = monotonic() - began
    return report


async def _publish(rig: Rig) -> None:
    world = rig.sojourn.world
    for name in MAIL_TEMPLATES:
        await world.template(name)
    for name in TEXT_TEMPLATES:
        await world.template(name, channel="sms")
    for journey in JOURNEYS:
        await world.publish(journey)


async def _settle(rig: Rig, acting: asyncio.Task[None]) -> bool:
    """Waits until everybody has acted and come to their end; False when that takes too long."""
    try:
        async with asyncio.timeout(SETTLING), _operator(rig):
            await acting
            while not await _is_settled(rig):  # noqa: ASYNC110
                await asyncio.sleep(0.3)  # what is looked at belongs to other processes
    except TimeoutError:
        return False
    return True


async def _is_settled(rig: Rig) -> bool:
    query = """
        SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM command)
             + (SELECT count(*) FROM run WHERE status <> 'ended')
             + (SELECT count(*) FROM message WHERE state IN ('claimed', 'unknown')) AS open
    """
    with suppress(DBAPIError, OSError):
        return bool((await rows(rig, query))[0]["open"] == 0)
    return False


@asynccontextmanager
async def _operator(rig: Rig) -> AsyncIterator[None]:
    """A person who looks at the provider's list and says whether an SMS was sent that is still unknown after a while: two with the
    same words to the same phone are more than Sojourn tells apart by itself."""
    working = asyncio.create_task(_resolve(rig))
    try:
        yield
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def _resolve(rig: Rig) -> None:
    query = """
        SELECT id, address, state, claimed_at < now() - interval '40 seconds' AS is_old FROM message WHERE channel = 'sms'
           AND state IN ('unknown', 'handed_over', 'delivered', 'undelivered') ORDER BY claimed_at
    """
    while True:
        with suppress(DBAPIError, OSError, HTTPError):
            texts = Counter(sms.to for sms in rig.exchange.messages if sms.direction == "outbound-api")
            found = await rows(rig, query)
            texts.subtract(row["address"] for row in found if row["state"] != "unknown")
            for row in found:
                if row["state"] == "unknown" and row["is_old"]:
                    was_sent = texts[row["address"]] > 0
                    texts[row["address"]] -= was_sent
                    path = f"/v1/messages/{row['id']}/resolve"
                    await rig.sojourn.world.admin.post(path, json={"as": "sent" if was_sent else "not_sent"})
        await asyncio.sleep(1)


async def _watch_memory(rig: Rig, crowd: Crowd, steady: list[list[Person]]) -> dict[str, Growth]:
    """What each program takes after every wave."""
    sizes: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for wave in steady:
        await _settle(rig, asyncio.create_task(crowd.act(wave)))
        for name in PROGRAMS:
            process = psutil.Process(rig.sojourn.processes[name].pid)
            sizes[name].append(process.memory_info().rss / MEGABYTE)
    runs = sum(fate(person).paths.total() for person in steady[0])
    return {name: Growth(tuple(values), runs) for name, values in sizes.items()}


def _children() -> set[psutil.Process]:
    """What this process has started itself. Their own children end with them, and those of a server that was there before come and
    go."""
    return set(psutil.Process().children())


def as_json(report: Report) -> str:
    return json.dumps(report, default=vars, indent=2)
