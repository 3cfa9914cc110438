"""Works an operation off, batch by batch. Its row is the truth: whoever takes over goes on where the last outcome was written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from temporalio import activity
from temporalio.client import Client

from activities.failures import translated
from domain.errors import Conflict, NotFound, Unavailable
from domain.faults import fault
from domain.operations import OPERATE, Batch, ItemOutcome, OperationRecord, Progress
from routing.bulk.action import Context
from routing.bulk.actions import ACTIONS
from store.database import Database
from store.journey.catalog import Catalog
from store.operation import operations
from store.outages import OUTAGES

log = structlog.get_logger(__name__)

BATCH = 500
"""Runs in one activity; then the workflow says in Temporal's Web UI how far it is."""

SIDE_BY_SIDE = 10
TRIES = 3
"""How often a run whose workflow does not answer is asked before it is listed as failed."""

BEAT_SECONDS = 3
AWAY = ("temporal_unavailable", "temporal_away")


class OperationActivities:
    """On a queue of its own, so that neither runs nor sends wait for operators."""

    def __init__(self, db: Database, catalog: Catalog, connect: Callable[[], Awaitable[Client]]) -> None:
        self.db = db
        self.catalog = catalog
        self.connect = connect

    @activity.defn(name=OPERATE)
    async def operate_batch(self, batch: Batch) -> Progress:
        """Some more of the operation's runs, at its rate; stops when it is paused or cancelled.

        If the process dies, runs that were acted on and not yet written down are acted on again, which actions allow.
        """
        async with translated(), _beating():
            if batch.is_cancelled:
                async with self.db.transaction() as tx:
                    await operations.order(tx, batch.operation, "cancel", "temporal")
            async with self.db.transaction() as tx:
                operation = await operations.begin(tx, batch.operation)
            if operation is None:
                raise NotFound(f"There is no operation {batch.operation}.", code="unknown_operation")
            for _ in range(BATCH // SIDE_BY_SIDE):
                if operation.status != "running":
                    break
                operation = await self._some(operation)
            return Progress.model_validate(operation.model_dump(include=set(Progress.model_fields)))

    async def _some(self, operation: OperationRecord) -> OperationRecord:
        """The next few runs, side by side; gives the operation as it stands afterwards."""
        clock = asyncio.get_running_loop()
        began = clock.time()
        async with self.db.transaction() as tx:
            runs = await operations.take_up(tx, operation.id, max(1, min(SIDE_BY_SIDE, int(operation.rate))))
            if not runs:
                await operations.finish(tx, operation.id)
        if runs:
            context = Context(self.db, self.catalog, await self.connect(), operation.id)
            outcomes = await asyncio.gather(*(self._act(context, operation, *each) for each in runs.items()))
            async with self.db.transaction() as tx:
                await operations.settle(tx, operation.id, dict(zip(runs, outcomes, strict=True)))
            await asyncio.sleep(max(0.0, len(runs) / operation.rate - (clock.time() - began)))
        async with self.db.transaction() as tx:
            return await operations.find(tx, operation.id) or operation

    async def _act(self, context: Context, operation: OperationRecord, run: UUID, is_repeated: bool) -> ItemOutcome:
        """What became of the run. Raises when Temporal or the database is away: then nothing is written, and all waits."""
        for _ in range(TRIES):
            try:
                return await ACTIONS[operation.kind](context, run, operation.parameters, operation.created_by)
            except (Conflict, NotFound) as refusal:
                return _refused(refusal, is_repeated)
            except Unavailable as error:
                if error.code in AWAY:
                    raise
                note = error.message
            except OUTAGES:
                raise
            except Exception as error:
                log.error("operation_item_failed", operation=str(operation.id), run=str(run), **fault(error))
                return ItemOutcome(
                    outcome="failed", note=f"A defect: {type(error).__name__}. The worker's log says where."
                )
        return ItemOutcome(outcome="failed", note=note)


def _refused(refusal: Conflict | NotFound, is_repeated: bool) -> ItemOutcome:
    """A run that cannot obey is left alone; where a lost worker had taken it up, that it has been obeyed is the reason."""
    if is_repeated:
        return ItemOutcome(
            outcome="done", note=f"A worker was lost while it acted on this run. By now: {refusal.message}"
        )
    return ItemOutcome(outcome="skipped", note=refusal.message)


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """Tells the server that this worker lives."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(BEAT_SECONDS)

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
