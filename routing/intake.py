"""Lets queued runs in at their journey's rate, in the order in which they came."""

import asyncio
from collections.abc import Callable

import structlog

from domain.entering import rate_of
from domain.program import Program
from store.customer import customers
from store.database import Database, Transaction
from store.event import events
from store.journey.catalog import Catalog
from store.outages import OUTAGES
from store.run import commands, entries
from store.run.entries import Queue
from store.run.rows import NewCommand

log = structlog.get_logger(__name__)

POLL = 1.0
LIMIT = 500


async def release(db: Database, catalog: Catalog, *, time_scale: float = 1.0) -> int:
    """Starts what may start now, of every journey with a queue, and says how many runs that were."""
    async with db.transaction() as tx:
        queues = await entries.queues(tx)
    released = 0
    for queue in queues:
        async with db.transaction() as tx:
            released += await _release(tx, catalog, queue, time_scale)
    return released


async def _release(tx: Transaction, catalog: Catalog, queue: Queue, time_scale: float) -> int:
    """At most `intake` starts in any of its spans. One process at a time does this for a journey."""
    if not await entries.claim_intake(tx, queue.journey):
        return 0
    now, _ = await events.positions(tx, 0)
    rate = rate_of(await _newest(tx, catalog, queue))
    free = LIMIT
    if rate is not None:
        free = min(free, rate.count - await entries.started_since(tx, queue, now, rate.per / time_scale))
    front = await entries.front(tx, queue, free) if free > 0 else []
    await customers.lock(tx, {run.customer for run in front})
    begun = await entries.begin(tx, [run.id for run in front], now) if front else []
    await commands.add(tx, [NewCommand(run, journey, number) for run, journey, number in begun])
    return len(begun)


async def _newest(tx: Transaction, catalog: Catalog, queue: Queue) -> Program:
    """The program whose intake counts: the live one, and of a queue in shadow or an archived journey that of the first."""
    live = (program for program in await catalog.live(tx) if program.journey == queue.journey and not queue.shadow)
    return next(live, None) or await catalog.program(tx, queue.journey, queue.version)


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
