"""A workflow as a later release might have it: with a timer that today's does not have, behind `workflow.patched()`."""

import os
from datetime import timedelta

from temporalio import workflow

from workflows.journey import JourneyWorkflow

VARIABLE = "CHANGED_WORKFLOW"
CHANGE = "rests-before-it-goes-on"


def change() -> None:
    """Changes the journeys' workflow of this process, if the environment says so."""
    if VARIABLE not in os.environ:
        return
    unchanged = JourneyWorkflow._go_on

    async def go_on(self: JourneyWorkflow) -> None:
        if workflow.patched(CHANGE):
            await workflow.sleep(timedelta(milliseconds=1))
        await unchanged(self)

    setattr(JourneyWorkflow, "_go_on", go_on)  # noqa: B010
