"""How activities are called: queues, time-outs, retries, and what an activity that fails means to the engine."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, RetryState
from temporalio.exceptions import TimeoutError as TimedOut

from domain.effects import (
    NOTIFY,
    NOTIFY_QUEUE,
    PROGRESS,
    SEND,
    WEBHOOK,
    WEBHOOK_QUEUE,
    Reply,
    Request,
    send_queue,
)
from domain.engine.commands import CallWebhook, NotifyColleagues, SendMessage
from domain.engine.inputs import Outcome
from domain.engine.state import Moment
from domain.program import Program, Send

ATTEMPT_TIMEOUT = timedelta(seconds=60)
"""One attempt at an effect. A claim's lease is never longer: whoever finds an expired one knows that nobody holds it."""

HEARTBEAT = timedelta(seconds=15)
"""A worker that is killed is noticed this soon. Most attempts are over before the first heartbeat, which then costs nothing."""

GRACE = timedelta(seconds=90)
"""The activity itself knows the step's deadline; the server gives up only when nobody has answered long after it."""

LONGEST = timedelta(days=3650)
"""Longer time-outs than ten years are not told to the server."""

FAIRNESS_KEY = 64
"""Bytes that Temporal takes for a fairness key."""

EFFECT_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=5)
)
LOCAL_RETRIES = RetryPolicy(
    initial_interval=timedelta(milliseconds=50), maximum_interval=timedelta(seconds=1), maximum_attempts=8
)
PATIENT_RETRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))


async def call_progress(request: Request, is_interrupted: Callable[[], bool]) -> Reply | None:
    """Local commands: as a local activity, which costs next to nothing; when that keeps failing, as a regular one, whose
    pending state and last failure operators see, for as long as it takes. None: an exit or a pause called it off."""
    summary = f"{request.command.kind} {request.state.at}"
    try:
        reply: Reply = await workflow.execute_local_activity(
            PROGRESS,
            request,
            result_type=Reply,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=LOCAL_RETRIES,
            summary=summary,
        )
    except ActivityError as error:
        if isinstance(error.cause, CancelledError):
            raise asyncio.CancelledError from error
        call = workflow.start_activity(
            PROGRESS,
            request,
            result_type=Reply,
            start_to_close_timeout=ATTEMPT_TIMEOUT,
            retry_policy=PATIENT_RETRIES,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary,
        )
        try:
            return await _unless_interrupted(call, is_interrupted)
        except ActivityError:
            return None
    return reply


async def call_effect(
    request: Request, program: Program, is_interrupted: Callable[[], bool], at_most: timedelta | None = None
) -> Reply | Outcome | None:
    """An effect on the outside world. None: it was called off before anything had happened, or after `at_most`. An Outcome: the
    activity gave up without writing anything down.

    An exit or a pause calls it off: an attempt that has claimed finishes and records first (semantics B, leaving during a
    send); one that is waiting for its next try stops at once. When the server gives up for lack of time, one more attempt
    looks what became of the last: only it may say that it is too late.
    """
    failure: Outcome | None = None
    for _ in range(2):
        call = _start_effect(request, program)
        try:
            return await _unless_interrupted(call, is_interrupted, at_most)
        except ActivityError as error:
            failure = _failed(error, request)
        if failure is None or failure.result != "late":
            break
    return failure


def _start_effect(request: Request, program: Program) -> workflow.ActivityHandle[Reply]:
    command = request.command
    if not isinstance(command, SendMessage | CallWebhook | NotifyColleagues):
        raise ApplicationError(f"{command.kind} is no effect", non_retryable=True)
    name, queue = _place(command, program)
    left = command.deadline - workflow.now()
    return workflow.start_activity(
        name,
        request,
        result_type=Reply,
        task_queue=queue,
        start_to_close_timeout=ATTEMPT_TIMEOUT,
        heartbeat_timeout=HEARTBEAT,
        schedule_to_close_timeout=min(max(left, timedelta(0)), LONGEST) + GRACE,
        retry_policy=EFFECT_RETRIES,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        priority=Priority(priority_key=program.priority, fairness_key=program.journey[:FAIRNESS_KEY]),
        summary=f"{command.step} #{request.state.visit}",
    )


async def _unless_interrupted(
    call: workflow.ActivityHandle[Reply], is_interrupted: Callable[[], bool], at_most: timedelta | None = None
) -> Reply | None:
    """The answer; None when it was called off before there was one. Raises ActivityError."""
    try:
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: call.done() or is_interrupted(), timeout=at_most)
    except asyncio.CancelledError:
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        raise
    if not call.done():
        call.cancel()
    try:
        return await call
    except asyncio.CancelledError:
        return None


def _place(command: SendMessage | CallWebhook | NotifyColleagues, program: Program) -> tuple[str, str]:
    """The activity and its task queue: a send's is that of the first channel it tries."""
    match command:
        case CallWebhook():
            return WEBHOOK, WEBHOOK_QUEUE
        case NotifyColleagues():
            return NOTIFY, NOTIFY_QUEUE
    step = program.steps[command.step]
    return SEND, send_queue(step.channels[0] if isinstance(step, Send) else "")


def _failed(error: ActivityError, request: Request) -> Outcome | None:
    """None: it was called off while it was failing. Nobody has answered in time: late. What will never succeed is a defect.

    The server closes an activity with its last failure when there is no time for another try: `retry_state` tells.
    """
    cause = error.cause
    moment = Moment(at=workflow.now(), position=request.state.entered.position, is_exact=False)
    if isinstance(cause, CancelledError) or error.retry_state is RetryState.CANCEL_REQUESTED:
        return None
    if isinstance(cause, TimedOut) or error.retry_state is RetryState.TIMEOUT:
        return Outcome(moment=moment, result="late", code="deadline")
    code = cause.type if isinstance(cause, ApplicationError) and cause.type else "defect"
    return Outcome(moment=moment, result="defect", code=code)
