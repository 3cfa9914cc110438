"""How a command looks to Temporal: a workflow is started, or signalled. The only place that knows both."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import (
    Priority,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.effects import DELIVER, JOURNEYS_QUEUE, WORKFLOW, Delivery, JourneyInput
from domain.engine.advance import begin
from domain.engine.state import Run
from domain.errors import NotFound, Unavailable
from domain.ids import workflow_id
from domain.program import Program
from routing.beginning import run_of
from store.run.commands import ReadyCommand
from store.run.rows import StartRow
from workflows.visibility import PARKED

PATIENCE = timedelta(seconds=10)

JOURNEY_ID = SearchAttributeKey.for_keyword("JourneyId")
JOURNEY_VERSION = SearchAttributeKey.for_int("JourneyVersion")
CUSTOMER_ID = SearchAttributeKey.for_keyword("CustomerId")

_AWAY = frozenset(
    (
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.CANCELLED,
    )
)


class TemporalCommands:
    """Starts and signals. `connect` gives the client, or raises Unavailable while there is none."""

    def __init__(self, connect: Callable[[], Awaitable[Client]], *, queue: str = JOURNEYS_QUEUE) -> None:
        self._connect = connect
        self._queue = queue

    async def start(self, row: StartRow, program: Program) -> None:
        """Starts the run's workflow; one that is or was there already is as good. Raises Unavailable."""
        await self._start(row, beginning(row, program), WorkflowIDReusePolicy.REJECT_DUPLICATE)

    async def restart(self, row: StartRow, given: JourneyInput) -> bool:
        """Starts a workflow for a run whose own is lost or closed; False when one lives already. Raises Unavailable."""
        return await self._start(row, given, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def _start(self, row: StartRow, given: JourneyInput, reuse: WorkflowIDReusePolicy) -> bool:
        client = await self._connect()
        try:
            await client.start_workflow(
                WORKFLOW,
                given,
                id=workflow_id(row.journey, row.id),
                task_queue=self._queue,
                id_reuse_policy=reuse,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                request_eager_start=True,
                static_summary=f"{row.journey} v{row.version}",
                search_attributes=_search_attributes(row, is_parked=given.state.parked_at is not None),
                priority=Priority(priority_key=given.program.priority, fairness_key=row.journey[:64]),
                rpc_timeout=PATIENCE,
            )
        except WorkflowAlreadyStartedError:
            return False
        except (RPCError, RuntimeError) as error:
            raise _translated(error) from error
        return True

    async def is_open(self, journey: str, run: UUID) -> bool:
        """Whether the run's workflow is there and has not closed. Raises Unavailable."""
        client = await self._connect()
        try:
            about = await client.get_workflow_handle(workflow_id(journey, run)).describe(rpc_timeout=PATIENCE)
        except (RPCError, RuntimeError) as error:
            if isinstance(translated := _translated(error), NotFound):
                return False
            raise translated from error
        return about.status is WorkflowExecutionStatus.RUNNING

    async def signal(self, command: ReadyCommand) -> None:
        """Delivers to the run's workflow. Raises NotFound when there is none that is open, and Unavailable."""
        client = await self._connect()
        handle = client.get_workflow_handle(workflow_id(command.journey, command.run))
        try:
            await handle.signal(DELIVER, Delivery.model_validate(command.body), rpc_timeout=PATIENCE)
        except (RPCError, RuntimeError) as error:
            raise _translated(error) from error


def beginning(row: StartRow, program: Program) -> JourneyInput:
    """What a run's first workflow is given."""
    return JourneyInput(program=program, state=begin(program, _anonymous(run_of(row))))


def _anonymous(run: Run) -> Run:
    """The key is what an event said, and no such value may stand in a history (semantics 26): it is read from the run's row."""
    return run.model_copy(update={"key": ""})


def _search_attributes(row: StartRow, *, is_parked: bool) -> TypedSearchAttributes:
    known: list[SearchAttributePair[Any]] = [
        SearchAttributePair(JOURNEY_ID, row.journey),
        SearchAttributePair(JOURNEY_VERSION, row.version),
        SearchAttributePair(CUSTOMER_ID, str(row.customer)),
    ]
    return TypedSearchAttributes([*known, SearchAttributePair(PARKED, True)] if is_parked else known)


def _translated(error: RPCError | RuntimeError) -> Exception:
    """A client that connects on its first call raises RuntimeError while it cannot."""
    if isinstance(error, RuntimeError) or error.status in _AWAY:
        return Unavailable("Temporal does not answer.", code="temporal_away")
    if error.status is RPCStatusCode.NOT_FOUND:
        return NotFound("There is no such open workflow.", code="workflow_not_found")
    return error
