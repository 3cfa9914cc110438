"""Begins operations, and passes on what operators say to them. The row comes first; Temporal is told what it says."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from domain.errors import Conflict, NotFound
from domain.operations import (
    OPERATION,
    OPERATIONS_QUEUE,
    WAKE,
    NewOperation,
    OperationRecord,
    OperationStart,
    OperationWord,
    operation_workflow_id,
)
from store.database import Database
from store.operation import operations

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=10)
FORGOTTEN_SECONDS = 10.0


async def launch(db: Database, client: Client, new: NewOperation, runs: Sequence[UUID]) -> OperationRecord:
    """Makes an operation over these runs and begins it. If the process dies in between, a worker begins it (`launch_forgotten`)."""
    async with db.transaction() as tx:
        made = await operations.create(tx, new, runs)
    await begin(client, made.id)
    return made


async def begin(client: Client, operation: UUID) -> None:
    """Wakes the operation's workflow, or starts it where there is none. While Temporal is away a worker does it later."""
    try:
        await client.start_workflow(
            OPERATION,
            OperationStart(operation=operation),
            id=operation_workflow_id(operation),
            task_queue=OPERATIONS_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=WAKE,
            static_summary="an order to many runs",
            rpc_timeout=PATIENCE,
        )
    except (RPCError, RuntimeError) as error:
        log.warning("operation_not_begun", operation=str(operation), error=type(error).__name__)


async def command(db: Database, client: Client, operation: UUID, word: OperationWord, by: str) -> OperationRecord:
    """Pauses, resumes or cancels. Runs that are being acted on are finished first.

    Raises NotFound, and Conflict when the operation is not in a state for it.
    """
    async with db.transaction() as tx:
        found = await operations.find(tx, operation)
        if found is None:
            raise NotFound(
                f"There is no operation {operation}. `GET /v1/operations` lists them.", code="unknown_operation"
            )
        changed = await operations.order(tx, operation, word, by)
        if changed is None:
            raise Conflict(f"Operation {operation} is {found.status}; it cannot {word}.", code="operation_settled")
    await begin(client, operation)
    return changed


async def launch_forgotten(db: Database, connect: Callable[[], Awaitable[Client]]) -> int:
    """Begins operations whose start was lost; gives how many. Raises Unavailable while Temporal is away and there are some."""
    async with db.transaction() as tx:
        found = await operations.forgotten(tx, FORGOTTEN_SECONDS)
    for operation in found:
        await begin(await connect(), operation)
    return len(found)
