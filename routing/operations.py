"""What operators order: pause, resume, skip the wait, retry or skip a parked step, move to another version, stop.

Orders go to the run's workflow, which alone acts on them.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.effects import MigrateWord, OrderWord
from domain.errors import Conflict, NotFound, Unavailable
from domain.ids import workflow_id
from domain.others import journey_ended, questions_in
from store.database import Database, Transaction
from store.event import inbox
from store.message import ledger
from store.run import operating
from store.run.operating import RunUnderWay

Action = Literal["pause", "resume", "skip_wait", "retry_parked", "skip_parked", "stop", "migrate"]

PATIENCE = timedelta(seconds=10)


async def act(
    db: Database,
    client: Client,
    run_id: UUID,
    action: Action,
    actor: str,
    *,
    word: OrderWord | MigrateWord | None = None,
    once: str | None = None,
) -> None:
    """Has the run's workflow carry out an order, and returns when what it changes is written.

    `word` says more about the order than who gives it. An order with the same `once` is obeyed one time, however often it is
    given. Raises NotFound (no such run), Conflict (the run cannot obey it now: the reason says why) and Unavailable
    (Temporal or its worker does not answer; nothing is lost, ask again).
    """
    async with db.transaction() as tx:
        run = await operating.find(tx, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        is_queued = run.status == "queued" and action == "stop"
        stopped = await operating.stop_queued(tx, run, actor) if is_queued else None
        await _tell_of_end(tx, run, actor, stopped)
    if stopped is not None:
        await inbox.notify(db)
        return
    if run.status == "ended":
        raise Conflict(f"Run {run_id} has ended: {run.ended_reason}.", code="run_ended")
    if run.status == "queued":
        raise Conflict(
            f"Run {run_id} is queued behind its journey's intake; it can only be stopped.", code="run_queued"
        )
    handle = client.get_workflow_handle(workflow_id(run.journey_id, run_id))
    try:
        await handle.execute_update(action, word or OrderWord(by=actor), id=once, rpc_timeout=PATIENCE)
    except WorkflowUpdateFailedError as error:
        said = error.cause.message if isinstance(error.cause, ApplicationError) else "it could not be carried out."
        raise Conflict(said, code="order_refused") from None
    except (WorkflowUpdateRPCTimeoutOrCancelledError, RPCTimeoutOrCancelledError):
        raise Unavailable("No worker has taken the order in time; ask again when one runs.", code="no_worker") from None
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            if action == "stop" and await _stop_lost(db, run, actor):
                return
            raise Unavailable(
                f"Temporal does not know run {run_id} yet; ask again in a moment.", code="not_started"
            ) from None
        raise Unavailable("Temporal does not answer; ask again.", code="temporal_unavailable") from None


async def _stop_lost(db: Database, run: RunUnderWay, actor: str) -> bool:
    """Ends a run whose workflow is gone (terminated in Temporal, or deleted); False while its start is still on its way."""
    async with db.transaction() as tx:
        stopped = await operating.stop_lost(tx, run, actor)
        await _tell_of_end(tx, run, actor, stopped)
    if stopped is not None:
        await inbox.notify(db)
    return stopped is not None


async def _tell_of_end(tx: Transaction, run: RunUnderWay, actor: str, at: datetime | None) -> None:
    """Whoever waits for the end of a run that was ended without its workflow (`at`) hears of it, as of any other end."""
    if at is not None and (questions := questions_in(run.entry)):
        reason = f"stopped:{actor}"
        told = journey_ended(
            questions, run.id, run.journey_id, reason, customer=run.customer_id, depth=run.depth, at=at
        )
        await inbox.accept(tx, [told])


async def resolve_message(db: Database, client: Client, message_id: UUID, sent: bool, actor: str) -> None:
    """A person's word on an unknown hand-over: it was sent, or it was not and may go again. The run that waits for it goes on.

    Raises NotFound, or Conflict when the message is not unknown.
    """
    async with db.transaction() as tx:
        run_id = await operating.run_of_message(tx, message_id)
        if run_id is None:
            raise NotFound(f"There is no message {message_id}.")
        if not await ledger.resolve(tx, message_id, sent=sent, by=actor):
            raise Conflict(f"Message {message_id} is not unknown.", code="message_settled")
    try:
        await act(db, client, run_id, "retry_parked", actor)
    except Conflict:
        return  # it has gone on without this message


async def retry_settled(db: Database, client: Client) -> int:
    """Lets runs go on whose unknown hand-over was resolved by a call-back; gives how many."""
    async with db.transaction() as tx:
        runs = await ledger.settled_runs(tx)
    for run_id in runs:
        try:
            await act(db, client, run_id, "retry_parked", "sweep")
        except (Conflict, Unavailable):
            continue  # asked again by the next sweep
    return len(runs)
