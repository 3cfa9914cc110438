"""Every kind of step and every order, played for real: what Temporal was told holds nothing about the customer (semantics 26)."""

import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory

from domain.ids import workflow_id
from runtime.codec import JourneyCodec
from tests.replay.payloads import texts
from tests.replay.plays import PLAYS
from tests.replay.plays.stage import SECRETS, Play, Stage

ALL_SECRETS = (*SECRETS.values(), "adelgunde", "nobody-may-see")


async def lives(stage: Stage, journey: str) -> list[WorkflowHistory]:
    """The histories of all lives of the journey's one run, the first life first."""
    (run,) = await stage.world.runs(journey)
    client, found = stage.world.client, []
    handle = client.get_workflow_handle(workflow_id(journey, run["id"]))
    await handle.result()
    execution: str | None = (await handle.describe()).raw_info.first_run_id
    while execution:
        history = await client.get_workflow_handle(handle.id, run_id=execution).fetch_history()
        found.append(history)
        execution = history.events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return found


@pytest.mark.parametrize("play", PLAYS.values(), ids=PLAYS.keys())
async def test_a_play_ends_as_it_should_and_tells_nothing_about_the_customer(
    play: Play, stage: Stage, histories: Path, pytestconfig: pytest.Config, capfd: pytest.CaptureFixture[str]
) -> None:
    await play.act(stage)
    run = await stage.world.run_in(play.name, "ended")
    assert run["ended_reason"].startswith(play.reason)
    told = await lives(stage, play.name)
    codec = JourneyCodec(None)
    described = await stage.world.client.get_workflow_handle(told[0].workflow_id).describe()
    read = [text for event in (*told[0].events, *told[-1].events) for text in await texts(event, codec)]
    read += await texts(described.raw_description, codec)
    assert any(run["customer_id"] in text and '"state":' in text for text in read), "payloads were not opened"
    for text in (*read, *capfd.readouterr()):
        assert not [secret for secret in ALL_SECRETS if secret.lower() in text.lower()], text
    if pytestconfig.getoption("record_histories", default=False):
        for number, history in enumerate(told, start=1):
            suffix = f".{number}" if len(told) > 1 else ""
            (histories / f"{play.name}{suffix}.json").write_text(_without_places(history) + "\n")


def _without_places(history: WorkflowHistory) -> str:
    """The history as JSON, without stack traces: they name folders of the machine on which it was recorded."""
    return json.dumps(_bare(json.loads(history.to_json())), indent=2)


def _bare(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _bare(value) for name, value in told.items() if name != "stackTrace"}
    return [_bare(value) for value in told] if isinstance(told, list) else told
