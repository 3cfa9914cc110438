"""Hands commands to Temporal: in order for each run, many runs at once, and each until it is confirmed.

A command that was handed over and not deleted (the process died in between) is handed over again: a start finds its
workflow started, a signal its number seen.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from pydantic import ValidationError

from domain.errors import Defect, NotFound, Unavailable
from domain.faults import fault
from domain.program import Program
from routing.temporal_commands import TemporalCommands
from store.database import Database, Transaction
from store.journey.catalog import Catalog
from store.outages import OUTAGES
from store.plans import prefer_indexes
from store.run import commands
from store.run.commands import START, ReadyCommand
from store.run.rows import StartRow
from store.timings import ROUTE_TO_START

log = structlog.get_logger(__name__)

POLL = 0.25
LIMIT = 64
SLOTS = 16
LANES = 4
"""Batches that a process delivers side by side, so that a slow start does not hold up the next event."""

LONGEST_OUTAGE = 5.0
"""Seconds between two looks while Temporal or the database is away."""

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(slots=True)
class Delivered:
    """What a batch came to. `is_away`: Temporal does not answer, and what is left waits without counting as failed."""

    confirmed: list[int] = field(default_factory=list)
    failed: list[tuple[int, str, timedelta]] = field(default_factory=list)
    is_away: bool = False


async def deliver_once(
    db: Database, catalog: Catalog, temporal: TemporalCommands, *, limit: int = LIMIT, slots: int = SLOTS
) -> Delivered:
    """Delivers one batch of commands. Its slots are locked meanwhile, so that no other process delivers them too."""
    async with db.transaction() as tx:
        await prefer_indexes(tx)
        held = await commands.claim_slots(tx, most=slots)
        ready = await commands.ready(tx, held, limit=limit) if held else []
        delivered = Delivered()
        if ready:
            by_run: defaultdict[UUID, list[ReadyCommand]] = defaultdict(list)
            for command in ready:
                by_run[command.run].append(command)
            starts = await _starts(tx, catalog, ready)
            missing: list[ReadyCommand] = []
            await asyncio.gather(*(_deliver_run(temporal, run, starts, delivered, missing) for run in by_run.values()))
            await _settle_missing(tx, missing, delivered)
            await commands.confirm(tx, delivered.confirmed)
            await commands.put_off(tx, delivered.failed)
    return delivered


async def _starts(
    tx: Transaction, catalog: Catalog, ready: Sequence[ReadyCommand]
) -> dict[UUID, tuple[StartRow, Program]]:
    """What to start. A run whose program cannot be read is left out: its start fails, and nobody else's."""
    rows = await commands.starts(tx, {command.run for command in ready if command.kind == START})
    found = {}
    for run, row in rows.items():
        try:
            found[run] = row, await catalog.program(tx, row.journey, row.version)
        except (NotFound, ValidationError) as error:
            log.error("program_unreadable", journey=row.journey, version=row.version, **fault(error))
    return found


async def _deliver_run(
    temporal: TemporalCommands,
    ready: list[ReadyCommand],
    starts: dict[UUID, tuple[StartRow, Program]],
    delivered: Delivered,
    missing: list[ReadyCommand],
) -> None:
    """One run's commands in order; the first that fails holds up the rest."""
    for command in sorted(ready, key=lambda command: command.number):
        try:
            if command.kind == START:
                await temporal.start(*_start_of(command, starts))
            else:
                await temporal.signal(command)
        except Unavailable:
            delivered.is_away = True
            return
        except NotFound:
            missing.append(command)
            return
        except Exception as error:
            log.error("command_failed", run=str(command.run), number=command.number, kind=command.kind, **fault(error))
            delivered.failed.append(_failed(command, type(error).__name__))
            return
        delivered.confirmed.append(command.id)
        ROUTE_TO_START.observe(max(0.0, (datetime.now(UTC) - command.created_at).total_seconds()))


def _start_of(command: ReadyCommand, starts: dict[UUID, tuple[StartRow, Program]]) -> tuple[StartRow, Program]:
    if command.run not in starts:
        raise Defect(f"The program of run {command.run} cannot be read: publish its journey again.")
    return starts[command.run]


async def _settle_missing(tx: Transaction, missing: Sequence[ReadyCommand], delivered: Delivered) -> None:
    """A workflow that is gone is fine if its run has ended; otherwise somebody has to look."""
    ended = await commands.ended(tx, {command.run for command in missing})
    for command in missing:
        if command.run in ended:
            delivered.confirmed.append(command.id)
        else:
            log.error("workflow_missing", run=str(command.run), journey=command.journey, number=command.number)
            delivered.failed.append(_failed(command, "workflow_missing"))


def _failed(command: ReadyCommand, failure: str) -> tuple[int, str, timedelta]:
    return command.id, failure, min(FIRST_PAUSE * 2 ** min(command.attempts, 16), LONGEST_PAUSE)


class Deliverer:
    """Delivers until it is cancelled. `wake` after a commit that wrote commands; it also looks by itself."""

    def __init__(self, db: Database, catalog: Catalog, temporal: TemporalCommands, *, lanes: int = LANES) -> None:
        self._db = db
        self._catalog = catalog
        self._temporal = temporal
        self._lanes = lanes
        self._idle: list[asyncio.Event] = []
        self._is_behind = False

    def wake(self) -> None:
        """There are commands. A lane that is free looks at once; if none is, the next that is done."""
        if self._idle:
            self._idle.pop().set()
        else:
            self._is_behind = True

    async def run(self) -> None:
        """Delivers commands as they come. Waits while Temporal or the database is away; nothing is lost meanwhile."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self._lanes):
                tasks.create_task(self._run_lane())

    async def _run_lane(self) -> None:
        pause = POLL
        while True:
            self._is_behind = False
            try:
                delivered = await deliver_once(self._db, self._catalog, self._temporal)
            except OUTAGES as error:
                log.warning("delivery_interrupted", error=type(error).__name__)
                delivered = Delivered(is_away=True)
            if delivered.is_away:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_OUTAGE)
                continue
            pause = POLL
            if len(delivered.confirmed) == LIMIT:
                self.wake()
            if not delivered.confirmed and not self._is_behind:
                await self._rest()

    async def _rest(self) -> None:
        """Until woken, or until it is time to look: together the lanes look every `POLL` seconds."""
        work = asyncio.Event()
        self._idle.append(work)
        try:
            async with asyncio.timeout(POLL * self._lanes):
                await work.wait()
        except TimeoutError:
            if work in self._idle:
                self._idle.remove(work)
