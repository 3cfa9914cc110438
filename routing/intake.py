"""Lets queued runs in at their journey's rate, in the order in which they came."""

import asyncio
from collections.abc import Callable

import structlog

from domain.durations import Rate
from domain.program import Program
from store.customer import customers
from store.database import Database, Transaction
from store.event import events
from store.journey.catalog import Catalog
from store.outages import OUTAGES
from store.run import commands, entries
from store.run.commands import NewCommand

log = structlog.get_logger(__name__)

POLL = 1.0
LIMIT = 500


async def release(db: Database, catalog: Catalog, *, time_scale: float = 1.0) -> int:
    """Starts what may start now, of every journey with a queue, and says how many runs that were."""
    async with db.transaction() as tx:
        queues = await entries.queues(tx)
    released = 0
    for journey, version in queues:
        async with db.transaction() as tx:
            released += await _release(tx, catalog, journey, version, time_scale)
    return released


async def _release(tx: Transaction, catalog: Catalog, journey: str, version: int, time_scale: float) -> int:
    """At most `intake` starts in any of its spans. One process at a time does this for a journey."""
    if not await entries.claim_intake(tx, journey):
        return 0
    now, _ = await events.positions(tx, 0)
    live = next((program for program in await catalog.live(tx) if program.journey == journey), None)
    rate = rate_of(live or await catalog.program(tx, journey, version))
    free = LIMIT
    if rate is not None:
        free = min(free, rate.count - await entries.started_since(tx, journey, now, rate.per / time_scale))
    front = await entries.front(tx, journey, free) if free > 0 else []
    await customers.lock(tx, {run.customer for run in front})
    begun = await entries.begin(tx, [run.id for run in front], now) if front else []
    await commands.add(tx, [NewCommand(run, journey, number) for run, journey, number in begun])
    return len(begun)


def rate_of(program: Program) -> Rate | None:
    """The slowest of the journey's intakes; None when its newest version has none any more: then all may go in."""
    rates = [entry.intake for entry in program.entries if entry.intake is not None]
    return min(rates, key=lambda rate: rate.count / rate.per.total_seconds(), default=None)


class Intake:
    """The loop. `on_commands` is called when runs have been let in."""

    def __init__(
        self,
        db: Database,
        catalog: Catalog,
        *,
        time_scale: float = 1.0,
        on_commands: Callable[[], None] = lambda: None,
    ) -> None:
        self._db = db
        self._catalog = catalog
        self._time_scale = time_scale
        self._on_commands = on_commands
        self._work = asyncio.Event()

    def wake(self) -> None:
        """Somebody has begun to queue."""
        self._work.set()

    async def run(self) -> None:
        """Releases until it is cancelled; an outage of the database is waited out."""
        while True:
            self._work.clear()
            try:
                if await release(self._db, self._catalog, time_scale=self._time_scale):
                    self._on_commands()
            except OUTAGES as error:
                log.warning("intake_interrupted", error=type(error).__name__)
            try:
                async with asyncio.timeout(POLL):
                    await self._work.wait()
            except TimeoutError:
                continue
