"""Who carried the runs: what Temporal's histories say of the processes that took the workflow tasks."""

from collections import Counter
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import Client

from domain.effects import WORKFLOW

SENSELESS = (
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
)
"""Other causes are every-day ones: something was delivered while the task was at work, or its worker left."""


@dataclass
class Carried:
    """`by` counts, for each set of process ids, the runs that just these processes carried. `refused` names the runs of which
    one could not make sense, with the cause."""

    by: Counter[frozenset[int]] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    def shared(self, some: set[int], others: set[int]) -> int:
        """Runs that were carried by one of `some` and by one of `others`."""
        return sum(count for pids, count in self.by.items() if pids & some and pids & others)


async def carried_runs(client: Client, which: str = f"WorkflowType = '{WORKFLOW}'") -> Carried:
    """Reads the histories of the workflows that Temporal's query `which` finds, living and closed."""
    found = Carried()
    async for workflow in client.list_workflows(which):
        pids = set()
        handle = client.get_workflow_handle(workflow.id, run_id=workflow.run_id)
        async for event in handle.fetch_history_events():
            if event.HasField("workflow_task_completed_event_attributes"):
                pids.add(_pid(event.workflow_task_completed_event_attributes.identity))
            elif event.HasField("workflow_task_failed_event_attributes"):
                cause = event.workflow_task_failed_event_attributes.cause
                if cause in SENSELESS:
                    found.refused.append(f"{workflow.id}: {WorkflowTaskFailedCause.Name(cause)}")
        found.by[frozenset(pids)] += 1
    return found


def _pid(identity: str) -> int:
    """The SDK calls a worker `pid@host`."""
    return int(identity.partition("@")[0])
