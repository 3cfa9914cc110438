"""Starts the workflows of runs again that Temporal has lost: PostgreSQL alone knows enough (`domain/engine/restoring.py`).

Safe at any time and as often as one likes: Temporal itself refuses a second workflow beside a living one, and whatever a
workflow asks for under a number that was answered gets the stored reply. What has been restored lives, so doing it again
goes on where it was interrupted.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from pydantic import ValidationError
from temporalio.client import Client

from domain.effects import JourneyInput
from domain.engine.restoring import restored
from domain.engine.state import EventRef, State
from domain.errors import NotFound, Unavailable
from domain.faults import fault
from domain.frozen import Frozen
from domain.ids import workflow_id
from routing.audit import living_in_temporal
from routing.bulk.launching import begin
from routing.temporal_commands import TemporalCommands, beginning
from store.database import Database, Transaction
from store.journey.catalog import Catalog
from store.operation import operations
from store.run import restoring
from store.run.restoring import Resumption, Under

log = structlog.get_logger(__name__)

PAGE = 1000
BATCH = 32
"""Workflows started side by side."""

UNREADABLE = (NotFound, ValidationError, LookupError)
"""A version or a state that cannot be made sense of: it keeps one run from being started, and no other."""


class Unrestored(Frozen):
    """A run that could not be started again, and what kind of error kept it from that."""

    run: UUID
    journey: str
    failure: str


class Restored(Frozen):
    """What came of it. `looked_at` runs should have a workflow; `living` had one, `restored` got one anew (in a dry run: would
    get one), and `ended` came to their end meanwhile. `operations` over many runs are under way; those that were lost go on."""

    looked_at: int = 0
    living: int = 0
    restored: int = 0
    ended: int = 0
    operations: int = 0
    failed: tuple[Unrestored, ...] = ()


class Restoring:
    """One pass. `rate` is how many workflows are started in a second at most (0: no limit); `on_progress` is told how many of
    how many runs have been looked at."""

    def __init__(
        self,
        db: Database,
        catalog: Catalog,
        client: Client,
        *,
        rate: float = 0,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._db = db
        self._catalog = catalog
        self._client = client
        self._commands = TemporalCommands(self._connected)
        self._rate = rate
        self._on_progress = on_progress
        self._next = 0.0

    async def _connected(self) -> Client:
        return self._client

    async def run(self, journey: str | None = None, *, is_rehearsal: bool = False) -> Restored:
        """Restores every run under way (of one journey) that Temporal does not have. A rehearsal only counts them.

        Raises Unavailable when Temporal goes away; what was restored until then stays so.
        """
        in_temporal = await living_in_temporal(self._client, journey)
        sums, after = Restored(), None
        async with self._db.transaction() as tx:
            total = await restoring.count(tx, journey)
        while True:
            async with self._db.transaction() as tx:
                page = await restoring.page(tx, journey, after, PAGE)
            if not page:
                break
            after = page[-1]
            lost = [under for under in page if workflow_id(under.journey, under.run) not in in_temporal]
            sums = _sum(sums, Restored(looked_at=len(page), living=len(page) - len(lost)))
            for start in range(0, len(lost), BATCH):
                batch = lost[start : start + BATCH]
                sums = _sum(sums, await (self._rehearse if is_rehearsal else self._restore)(batch))
                self._on_progress(sums.living + sums.restored + sums.ended + len(sums.failed), total)
            self._on_progress(sums.looked_at, max(total, sums.looked_at))

        again = await self._restore_operations(is_rehearsal=is_rehearsal) if journey is None else 0
        return sums.model_copy(update={"operations": again})

    async def _restore_operations(self, *, is_rehearsal: bool) -> int:
        """Wakes those that are under way, which starts again what is lost. Which runs they have dealt with stands in their rows."""
        async with self._db.transaction() as tx:
            running = await operations.running(tx)
        for operation in running if not is_rehearsal else ():
            await begin(self._client, operation)
        return len(running)

    async def _rehearse(self, batch: list[Under]) -> Restored:
        """Asks Temporal about each: its list is a moment behind."""
        await self._pace(len(batch))
        asked = await asyncio.gather(*(self._commands.is_open(under.journey, under.run) for under in batch))
        return Restored(living=asked.count(True), restored=asked.count(False))

    async def _restore(self, batch: list[Under]) -> Restored:
        """Reads the runs as they are now, starts them, and has what waited for them delivered at once."""
        givens: list[tuple[Resumption, JourneyInput]] = []
        failed: list[Unrestored] = []
        async with self._db.transaction() as tx:
            found = await restoring.resumptions(tx, [under.run for under in batch])
            for run in found:
                try:
                    givens.append((run, await given_to(tx, self._catalog, run)))
                except UNREADABLE as error:
                    failed.append(_unrestored(run, error))
        await self._pace(len(givens))
        started = await asyncio.gather(
            *(self._commands.restart(run.start, given) for run, given in givens), return_exceptions=True
        )
        async with self._db.transaction() as tx:
            await restoring.hurry(tx, [run.start.id for run, _ in givens])
        for (run, _), outcome in zip(givens, started, strict=True):
            if isinstance(outcome, Unavailable) or not isinstance(outcome, bool | Exception):
                raise outcome
            if isinstance(outcome, Exception):
                failed.append(_unrestored(run, outcome))
        return Restored(
            living=started.count(False),
            restored=started.count(True),
            ended=len(batch) - len(found),
            failed=tuple(failed),
        )

    async def _pace(self, count: int) -> None:
        if self._rate <= 0:
            return
        now = time.monotonic()
        await asyncio.sleep(max(0.0, self._next - now))
        self._next = max(self._next, now) + count / self._rate


async def given_to(tx: Transaction, catalog: Catalog, run: Resumption) -> JourneyInput:
    """What the run's new workflow is given. Raises NotFound or ValidationError when its version or state cannot be read."""
    program = await catalog.program(tx, run.start.journey, run.start.version)
    if run.number == 0:
        return beginning(run.start, program).model_copy(update={"last_delivery": run.delivered})
    entry = None if run.is_refreshing else _entry_of(run)
    state, decisions = restored(program, State.model_validate(run.state), entry)
    return JourneyInput(
        program=program, state=state, last_delivery=run.delivered, answered=run.number, decisions=decisions
    )


def _entry_of(run: Resumption) -> EventRef:
    entry = run.start.entry
    accepted_at = datetime.fromisoformat(entry["accepted_at"])
    return EventRef(id=entry["event_id"], position=entry["position"], accepted_at=accepted_at)


def _unrestored(run: Resumption, error: Exception) -> Unrestored:
    log.error("run_unrestored", run=str(run.start.id), journey=run.start.journey, **fault(error))
    return Unrestored(run=run.start.id, journey=run.start.journey, failure=type(error).__name__)


def _sum(one: Restored, other: Restored) -> Restored:
    return Restored(
        looked_at=one.looked_at + other.looked_at,
        living=one.living + other.living,
        restored=one.restored + other.restored,
        ended=one.ended + other.ended,
        failed=(*one.failed, *other.failed),
    )
