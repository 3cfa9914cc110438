"""One campaign from the first arrival to the verdict."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

import psutil  # type: ignore[import-untyped]
from httpx import HTTPError
from sqlalchemy.exc import DBAPIError

from tests.faults.campaign.books import Verdict, balance, rows
from tests.faults.campaign.load import Crowd
from tests.faults.campaign.people import JOURNEYS, MAIL_TEMPLATES, TEXT_TEMPLATES, population
from tests.faults.campaign.rig import PROGRAMS, Rig, open_rig
from tests.faults.campaign.trouble import TROUBLES, NotPossible

SETTLING = 240.0
"""Seconds after the last trouble within which everybody must have come to their end."""

MEGABYTE = 2**20


@dataclass
class Report:
    """How it went. `memory` is the resident size of each program in MiB after its last start and at the end."""

    seed: int
    people: int
    troubles: Counter[str] = field(default_factory=Counter)
    not_possible: dict[str, str] = field(default_factory=dict)
    deaths: int = 0
    seconds: float = 0
    settled_after: float = 0
    verdict: Verdict = field(default_factory=Verdict)
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)


async def play(
    folder: Path,
    *,
    seed: int,
    people: int,
    names: Sequence[str],
    is_put_off: bool = True,
    tell: Callable[[str], None] = lambda line: None,
) -> Report:
    """Lets `people` arrive while the named troubles come one after the other, then waits for the end and balances the books.

    `is_put_off`: the mail server makes some wait for a minute, as greylisting does.
    """
    random = Random(seed)
    report = Report(seed, people)
    began = monotonic()
    async with open_rig(folder) as rig:
        await _publish(rig)
        crowd = Crowd(rig, population(seed, people, seconds=2.5 * len(names)), seed, is_put_off=is_put_off)
        acting = asyncio.create_task(crowd.act())
        for name in names:
            tell(name)
            try:
                await TROUBLES[name](rig, random)
                report.troubles[name] += 1
            except NotPossible as reason:
                report.not_possible[name] = str(reason)
        tell("the storm is over")
        over = monotonic()
        before = _memory(rig)
        in_time = await _settle(rig, acting)
        report.settled_after = monotonic() - over
        report.memory = {name: (before[name], size) for name, size in _memory(rig).items()}
        report.verdict = await balance(rig, crowd)
        if not in_time:
            report.verdict.wrong.insert(0, f"not everything was over after {SETTLING:.0f} s")
        report.deaths = rig.deaths
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
    """A person who looks at the provider's list and says of each unknown SMS whether it was sent."""
    working = asyncio.create_task(_resolve(rig))
    try:
        yield
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def _resolve(rig: Rig) -> None:
    query = """
        SELECT id, address, state FROM message WHERE channel = 'sms'
           AND state IN ('unknown', 'handed_over', 'delivered', 'undelivered') ORDER BY claimed_at
    """
    while True:
        with suppress(DBAPIError, OSError, HTTPError):
            texts = Counter(sms.to for sms in rig.exchange.messages if sms.direction == "outbound-api")
            found = await rows(rig, query)
            texts.subtract(row["address"] for row in found if row["state"] != "unknown")
            for row in found:
                if row["state"] == "unknown":
                    was_sent = texts[row["address"]] > 0
                    texts[row["address"]] -= was_sent
                    path = f"/v1/messages/{row['id']}/resolve"
                    await rig.sojourn.world.admin.post(path, json={"as": "sent" if was_sent else "not_sent"})
        await asyncio.sleep(1)


def _memory(rig: Rig) -> dict[str, float]:
    return {name: psutil.Process(rig.sojourn.processes[name].pid).memory_info().rss / MEGABYTE for name in PROGRAMS}


def as_json(report: Report) -> str:
    return json.dumps(report, default=vars, indent=2)
