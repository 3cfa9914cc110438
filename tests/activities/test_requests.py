"""Requests that meet a run which is not as they think: it is leaving, or has gone on without them, or comes round again."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.outside import OutsideActivities
from activities.progress import ProgressActivities
from activities.sending.send import SendActivities
from benchmarks.email import requests_of
from domain.effects import Request
from domain.engine.inputs import Leave, Outcome
from store.operation import holds
from tests.activities.test_claiming import Stage, stage
from tests.domain.engine.documents import Document, compiled

__all__ = ["stage"]


async def request_for(stage: Stage, step: Document) -> Request:
    """What a run of ann's asks for first whose journey has this step alone."""
    await stage.world.publish(compiled([step]).model_copy(update={"version": 1}))
    await stage.world.track("ann", "Entered")
    await stage.world.route()
    requests = await requests_of(stage.world.db, stage.world.catalog)
    return next(request for request in requests if request.state.run.journey == "random")


@pytest.mark.parametrize(
    "step", [{"score": "+5"}, {"wait_for": {"event": "Bought", "within": "1d"}}], ids=["a change", "a wait"]
)
async def test_a_run_that_is_leaving_does_nothing_more(stage: Stage, step: Document) -> None:
    request = await request_for(stage, step)
    await stage.world.run_sql("UPDATE run SET status = 'leaving', leaving = 'exit:closed' WHERE journey_id = 'random'")
    reply = await ActivityEnvironment().run(ProgressActivities(stage.resources).progress, request)
    first = reply.inputs[0]
    assert isinstance(first, Leave)
    assert first.reason == "exit:closed"
    assert await stage.world.rows("SELECT score FROM customer") == [{"score": 0}]


async def test_a_paused_journey_calls_nobody(stage: Stage) -> None:
    request = await request_for(stage, {"webhook": "http://127.0.0.1:9/called"})
    async with stage.world.db.transaction() as tx:
        await holds.put(tx, "journey", "random", by="ada", reason="")
    reply = await ActivityEnvironment().run(OutsideActivities(stage.resources).call_webhook, request)
    first = reply.inputs[0]
    assert isinstance(first, Outcome)
    assert (first.result, first.code) == ("held", "journey")


async def test_a_request_that_the_run_has_left_behind_does_nothing_and_is_told_where_the_run_is(stage: Stage) -> None:
    await stage.attempt()
    await stage.world.run_sql("UPDATE run SET number = number + 1")
    reply = await ActivityEnvironment().run(SendActivities(stage.resources).send_message, stage.request)
    assert (reply.number, reply.inputs) == (stage.request.number + 1, ())
    assert reply.state is not None
    assert reply.state.reason == "finished"
    assert len(stage.email.taken) == 1


async def test_each_round_of_a_repeat_is_a_hand_over_of_its_own(stage: Stage) -> None:
    await stage.attempt()
    again = stage.request.state.model_copy(update={"visits": {"hello": 2}})
    stage.request = stage.request.model_copy(update={"state": again, "number": 2})
    await stage.attempt()
    assert len({message.message_id for message in stage.email.taken}) == 2
    assert await stage.world.rows("SELECT visit, state FROM message ORDER BY visit") == [
        {"visit": 1, "state": "handed_over"},
        {"visit": 2, "state": "handed_over"},
    ]
