"""Workflows call activities by name: what is called must be there, take what is sent, and give what is awaited."""

from collections.abc import Callable
from typing import Any, get_type_hints

import pytest
from temporalio import activity, workflow

from activities.outside import OutsideActivities
from activities.progress import ProgressActivities
from activities.sending.send import SendActivities
from domain import effects
from domain.effects import JourneyInput, Reply, Request
from workflows.journey import JourneyWorkflow

ACTIVITIES: dict[str, Callable[..., Any]] = {
    effects.PROGRESS: ProgressActivities.progress,
    effects.SEND: SendActivities.send_message,
    effects.WEBHOOK: OutsideActivities.call_webhook,
    effects.NOTIFY: OutsideActivities.notify,
}


@pytest.mark.parametrize("name", ACTIVITIES)
def test_an_activity_has_its_name_takes_a_request_and_gives_a_reply(name: str) -> None:
    defined = activity._Definition.must_from_callable(ACTIVITIES[name])
    assert defined.name == name
    assert get_type_hints(ACTIVITIES[name]) == {"request": Request, "return": Reply}


def test_the_workflow_has_its_name_its_input_and_the_one_signal() -> None:
    defined = workflow._Definition.must_from_class(JourneyWorkflow)
    assert defined.name == effects.WORKFLOW
    assert get_type_hints(JourneyWorkflow.run) == {"start": JourneyInput, "return": str}
    assert list(defined.signals) == [effects.DELIVER]
