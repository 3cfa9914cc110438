"""The loop that applies what was accepted. Several routers share the inbox; each batch is one transaction."""

import asyncio
import random
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from domain.account import Account
from domain.faults import fault
from routing.batch.applying import Overtaken, apply
from routing.batch.gathering import Batch, Taken, place, take
from routing.match.matching import match
from routing.match.plan import Plan
from routing.match.trigger_index import TriggerIndex
from routing.match.writing import write
from routing.stuck import StuckRows
from store.database import Database, Transaction
from store.event import arrivals
from store.event.inbox import CHANNEL
from store.journey.catalog import Catalog
from store.notifications import listen
from store.outages import OUTAGES, is_outage, is_refusal, is_unfit, sqlstate
from store.plans import prefer_indexes
from store.timings import ACCEPT_TO_ROUTE

log = structlog.get_logger(__name__)

POLL = 0.25
"""Seconds after which a router looks by itself, should a notification get lost."""

LIMIT = 500
"""Rows of a batch: longer ones hold the locks of their customers longer."""

SLOTS = 64
"""Slots of a batch: a quarter of all, so that several routers find work."""

TROUBLE = 0.05
"""Seconds between two rows while one after the other fails."""

MOST_OVERTAKEN = 20
"""Other routers are not faster so often in a row: then the rows are to blame."""


@dataclass(frozen=True, slots=True)
class Routed:
    """What a batch came to. `put_off` rows have to wait for others, those in `behind` each for one that was to be avoided;
    `has_queued`: somebody waits for a journey's intake."""

    events: int = 0
    put_off: int = 0
    commands: int = 0
    has_queued: bool = False
    behind: Mapping[int, int] = field(default_factory=dict)


class Unroutable(Exception):
    """A batch cannot be applied because of a defect: in one of these rows, or in our code."""

    def __init__(self, rows: Collection[int]) -> None:
        super().__init__(f"{len(rows)} rows")
        self.rows = rows


class Unfit(Exception):
    """The database lacks something that no row brings: a table, a right. What it lacks is the cause."""


async def route_once(db: Database, catalog: Catalog, *, time_scale: float = 1.0, limit: int = LIMIT) -> int:
    """Applies one batch, in one transaction, and says how many events that were."""
    return (await route_batch(db, TriggerIndex(catalog), time_scale=time_scale, limit=limit)).events


async def route_batch(
    db: Database,
    index: TriggerIndex,
    *,
    time_scale: float = 1.0,
    limit: int = LIMIT,
    slots: int = SLOTS,
    avoid: Collection[int] = (),
) -> Routed:
    """Applies one batch. Nothing is applied, written or sent unless all of it is.

    Raises Overtaken when another router was faster (do it again), Unroutable when the rows cannot be applied, Unfit when
    none can be, and what the database raises when it is away.
    """
    taken = Taken()
    try:
        async with db.transaction() as tx:
            await prefer_indexes(tx)
            taken = await take(tx, limit=limit, slots=slots, avoid=avoid)
            if not taken.rows:
                return Routed()
            account = await index.catalog.account(tx)
            batch = place(taken, account, avoid)
            if not batch.arrivals:
                return Routed(put_off=batch.put_off, behind=batch.behind)
            plan = await _apply(tx, index, account, batch, time_scale)
    except Overtaken as error:
        error.rows = tuple(row.id for row in taken.rows)
        raise
    except Exception as error:
        if is_unfit(error):
            raise Unfit from error
        if isinstance(error, OUTAGES) and not is_refusal(error):
            raise
        raise Unroutable([row.id for row in taken.rows]) from error
    _measure(batch)
    return Routed(len(batch.arrivals), batch.put_off, len(plan.commands), plan.queued, batch.behind)


async def _apply(tx: Transaction, index: TriggerIndex, account: Account, batch: Batch, time_scale: float) -> Plan:
    applied, plan = await apply(tx, index.catalog, account, batch, time_scale=time_scale)
    await match(tx, index, account, plan, applied)
    await write(tx, plan)
    await arrivals.delete(tx, [arrival.row for arrival in batch.arrivals])
    return plan


def _measure(batch: Batch) -> None:
    now = datetime.now(UTC)
    for arrival in batch.arrivals:
        ACCEPT_TO_ROUTE.observe(max(0.0, (now - arrival.event.received_at).total_seconds()))


class Router:
    """One loop. `on_commands` is called when commands wait for delivery, `on_queued` when somebody waits for an intake."""

    def __init__(
        self,
        db: Database,
        catalog: Catalog,
        *,
        time_scale: float = 1.0,
        on_commands: Callable[[], None] = lambda: None,
        on_queued: Callable[[], None] = lambda: None,
    ) -> None:
        self._db = db
        self._index = TriggerIndex(catalog)
        self._time_scale = time_scale
        self._on_commands = on_commands
        self._on_queued = on_queued
        self._work = asyncio.Event()
        self._stuck = StuckRows()
        self._careful = 0
        self._overtaken = 0

    def wake(self) -> None:
        """There may be something in the inbox."""
        self._work.set()

    async def run(self) -> None:
        """Applies events as they come, until it is cancelled. An outage of the database is waited out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listen(self._db.url, CHANNEL, self.wake))
            tasks.create_task(self._loop())

    async def _loop(self) -> None:
        while True:
            self._work.clear()
            try:
                routed = await self._route()
            except OUTAGES as error:
                log.warning("routing_interrupted", error=type(error).__name__, is_outage=is_outage(error))
                await asyncio.sleep(POLL)
                continue
            except Unfit as error:
                cause = error.__cause__ or error
                log.error("database_unfit", sqlstate=sqlstate(cause), **fault(cause))
                await asyncio.sleep(POLL)
                continue
            if routed.events == 0:
                await self._wait(is_behind=routed.put_off > 0)

    async def _wait(self, *, is_behind: bool) -> None:
        if is_behind:  # another router holds what must come first; an uneven pause keeps the two from meeting for ever
            await asyncio.sleep(random.uniform(0.002, 0.02))
            return
        try:
            async with asyncio.timeout(POLL):
                await self._work.wait()
        except TimeoutError:
            return

    async def _route(self) -> Routed:
        """One batch. After one that could not be applied, its rows are tried one by one, and those to blame set aside."""
        is_careful = self._careful > 0
        limits = {"limit": 1, "slots": 1} if is_careful else {"limit": LIMIT, "slots": SLOTS}
        avoid = self._stuck.avoid(time.monotonic())
        try:
            routed = await route_batch(self._db, self._index, time_scale=self._time_scale, avoid=avoid, **limits)
        except (Overtaken, Unroutable) as error:
            self._overtaken += isinstance(error, Overtaken)
            if isinstance(error, Unroutable) or self._overtaken >= MOST_OVERTAKEN:
                self._set_aside(error.rows, error.__cause__ or error, is_careful=is_careful)
            if self._stuck.is_systemic:
                await asyncio.sleep(TROUBLE)
            return Routed(put_off=1)
        self._overtaken = 0
        self._careful = max(0, self._careful - 1)
        self._stuck.put_behind(routed.behind)
        if routed.events:
            self._stuck.succeeded(time.monotonic())
        if routed.commands:
            self._on_commands()
        if routed.has_queued:
            self._on_queued()
        return routed

    def _set_aside(self, rows: Collection[int], cause: BaseException, *, is_careful: bool) -> None:
        if not is_careful:
            self._careful = len(rows)
            log.warning("batch_unroutable", rows=len(rows), **fault(cause))
            return
        self._stuck.add(rows, time.monotonic())
        log.error("event_unroutable", inbox=list(rows), **fault(cause))
