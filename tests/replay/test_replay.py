"""Histories that were made by earlier code replay under today's. A run takes months; the code under it changes meanwhile.

Where a change is meant, it needs `workflow.patched()`, and the histories stay. New kinds of steps get a play, and
`pytest tests/replay --record-histories -k NAME` keeps its history.
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from domain.effects import DELIVER, WORKFLOW, Delivery, JourneyInput
from runtime.settings import Settings
from runtime.temporal import data_converter
from tests.replay.plays import PLAYS
from workflows import calls
from workflows.journey import JourneyWorkflow

FILES = sorted((Path(__file__).parent / "histories").glob("*.json"))


async def stored(files: Sequence[Path]) -> AsyncIterator[WorkflowHistory]:
    for file in files:
        yield WorkflowHistory.from_json(f"journey/{file.name}", file.read_text())


async def replayed(files: Sequence[Path], *, by: type = JourneyWorkflow) -> dict[str, Exception | None]:
    """What became of each history."""
    replayer = Replayer(
        workflows=[by], workflow_runner=UnsandboxedWorkflowRunner(), data_converter=data_converter(Settings())
    )
    seen: dict[str, Exception | None] = {}
    async with replayer.workflow_replay_iterator(stored(files)) as results:
        async for result in results:
            seen[result.history.workflow_id] = result.replay_failure
    return seen


async def test_every_kept_history_replays() -> None:
    seen = await replayed(FILES)
    assert {name: failure for name, failure in seen.items() if failure} == {}
    assert len(seen) == len(FILES) > 0


def test_every_play_has_a_kept_history() -> None:
    assert {file.name.partition(".")[0] for file in FILES} == set(PLAYS)


@workflow.defn(name=WORKFLOW)
class AnotherOrder:
    """As if somebody had put a timer before the first command."""

    @workflow.run
    async def run(self, start: JourneyInput) -> str:
        await workflow.sleep(1)
        return "finished"

    @workflow.signal(name=DELIVER)
    def deliver(self, delivery: Delivery) -> None:
        """Not heard."""


async def test_another_order_of_commands_does_not_replay() -> None:
    seen = await replayed(FILES, by=AnotherOrder)
    assert all(isinstance(failure, workflow.NondeterminismError) for failure in seen.values())


@pytest.mark.parametrize("change", ["no search attribute", "another activity"])
async def test_small_changes_do_not_replay_either(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if change == "another activity":
        monkeypatch.setattr(calls, "SEND", "send_a_message")
    else:
        monkeypatch.setattr(JourneyWorkflow, "_show_parked", lambda self: None)  # Parked is not upserted any more
    seen = await replayed(FILES)
    assert any(isinstance(failure, workflow.NondeterminismError) for failure in seen.values())
