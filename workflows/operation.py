"""OperationWorkflow: one order to many runs, worked off in batches. What is to do and what was done stands in its row."""

import asyncio
import contextlib
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from domain.operations import OPERATE, OPERATION, WAKE, Batch, OperationStart, Progress

ATTEMPT_TIMEOUT = timedelta(minutes=10)
HEARTBEAT = timedelta(seconds=10)
"""A worker that is killed is noticed this soon; another goes on with the batch."""

LOOK_AGAIN = timedelta(minutes=15)
"""How soon a paused operation looks at its row by itself, should a signal have been lost."""

RETRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))


@workflow.defn(name=OPERATION)
class OperationWorkflow:
    """Id `operation/<operation>`. Ends with the operation's last status: done or cancelled."""

    @workflow.init
    def __init__(self, start: OperationStart) -> None:
        self.start = start
        self.is_woken = False

    @workflow.run
    async def run(self, start: OperationStart) -> str:
        try:
            return await self._work()
        except asyncio.CancelledError:
            return (await asyncio.shield(self._batch(Batch(operation=start.operation, is_cancelled=True)))).status

    async def _work(self) -> str:
        while True:
            self.is_woken = False
            progress = await self._batch(Batch(operation=self.start.operation))
            workflow.set_current_details(_told(progress))
            if progress.status in ("done", "cancelled"):
                return progress.status
            if progress.status == "paused":
                with contextlib.suppress(TimeoutError):
                    await workflow.wait_condition(lambda: self.is_woken, timeout=LOOK_AGAIN, timeout_summary="paused")
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self.start)

    async def _batch(self, batch: Batch) -> Progress:
        progress: Progress = await workflow.execute_activity(
            OPERATE,
            batch,
            result_type=Progress,
            start_to_close_timeout=ATTEMPT_TIMEOUT,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=RETRIES,
            summary="cancel" if batch.is_cancelled else "batch",
        )
        return progress

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        """The operation's row says something new: look."""
        self.is_woken = True


def _told(progress: Progress) -> str:
    settled = progress.done + progress.skipped + progress.failed
    return (
        f"{progress.status}: {settled} of {progress.total} runs "
        f"({progress.done} done, {progress.skipped} skipped, {progress.failed} failed)"
    )
