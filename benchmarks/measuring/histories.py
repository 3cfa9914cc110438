"""What a workflow costs Temporal: history events, and billable actions.

An action is what Temporal Cloud bills (https://docs.temporal.io/cloud/actions): a start, each activity, each timer,
each workflow task that ran local activities, each signal, update, query and search attribute upsert.
"""

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

BILLED = {
    "WORKFLOW_EXECUTION_STARTED",
    "ACTIVITY_TASK_SCHEDULED",
    "TIMER_STARTED",
    "WORKFLOW_EXECUTION_SIGNALED",
    "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
    "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
    "START_CHILD_WORKFLOW_EXECUTION_INITIATED",
}


def events(history: WorkflowHistory) -> list[str]:
    """The names of the history's events, such as TIMER_STARTED."""
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


def actions(history: WorkflowHistory) -> int:
    """Local activities of one workflow task are one action together: their markers stand behind its completion."""
    local = {
        event.marker_recorded_event_attributes.workflow_task_completed_event_id
        for event in history.events
        if event.HasField("marker_recorded_event_attributes")
    }
    return sum(name in BILLED for name in events(history)) + len(local)
