"""What operators do, also with runs that are parked, stopped, cancelled, or very long."""

from datetime import UTC, datetime
from uuid import UUID

from domain.ids import workflow_id
from tests.replay.plays.stage import Stage, play

WAIT_AND_SEND = "  - {id: pause, wait: 6h}\n  - {id: bye, send: email/bye}\n"


async def _pause(stage: Stage, journey: str) -> str:
    run = await stage.waiting(journey, "pause")
    await stage.order(run, "pause")
    await stage.world.run_in(journey, "paused")
    return run


@play(fast=True)
async def paused_and_caught_up(stage: Stage) -> None:
    await stage.open("paused-and-caught-up", WAIT_AND_SEND.replace("6h", "30d"))
    run = await _pause(stage, "paused-and-caught-up")
    await stage.order(run, "resume", due="catch_up")
    await stage.order(await _pause(stage, "paused-and-caught-up"), "resume")
    await stage.order(run, "skip-wait")


@play(fast=True)
async def paused_and_skipped(stage: Stage) -> None:
    """What fell due during the pause is left out."""
    await stage.open("paused-and-skipped", WAIT_AND_SEND.replace("6h", "1d"))
    run = await _pause(stage, "paused-and-skipped")
    await stage.world.until(lambda: _is_due(stage), "end of the wait")
    await stage.order(run, "resume", due="skip")
    await stage.world.run_in("paused-and-skipped", "ended")
    assert await stage.world.messages("ada") == []


async def _is_due(stage: Stage) -> bool:
    (run,) = await stage.world.runs("paused-and-skipped")
    return datetime.fromisoformat(run["waiting_until"]) < datetime.now(UTC)


@play()
async def paused_during_a_send(stage: Stage) -> None:
    """The pause calls off the next try; the resume tries again."""
    stage.post.answers[stage.world.address("adelgunde")] = "451 4.7.1 greylisted"
    await stage.open("paused-during-a-send", "  - {id: bye, send: email/bye}\n")
    message = await stage.world.message_in("ada", "released")
    await stage.order(message["run_id"], "pause")
    stage.post.answers.clear()
    await stage.order(message["run_id"], "resume")


@play()
async def parked_and_retried(stage: Stage) -> None:
    await stage.world.template("broken", "{{ customer.missing }}")
    await stage.open("parked-and-retried", "  - {id: hello, send: email/broken}\n")
    run = await stage.world.run_in("parked-and-retried", "parked")
    await stage.world.template("broken", "{{ customer.missing | default: 'mended' }}")
    await stage.order(run["id"], "retry")


@play("stopped:")
async def stopped(stage: Stage) -> None:
    await stage.open("stopped", "  - {id: pause, wait: 30d}\n")
    await stage.order(await stage.waiting("stopped", "pause"), "stop")


@play("stopped:cancelled")
async def cancelled(stage: Stage) -> None:
    """Somebody cancels the workflow in Temporal's Web UI."""
    await stage.open("cancelled", "  - {id: pause, wait: 30d}\n")
    run = await stage.waiting("cancelled", "pause")
    await stage.world.client.get_workflow_handle(workflow_id("cancelled", UUID(run))).cancel()


@play("exit:closed", fast=True, long=True)
async def long_lived(stage: Stage) -> None:
    """Continues as new, in waits and between them; an exit ends it in a later life."""
    steps = "  - {id: rounds, repeat: {every: 6h, times: 40, steps: [{id: hello, send: email/hello}]}}\n"
    await stage.open("long-lived", steps, "exit: [{event: Closed, id: closed}]\n")

    async def is_far() -> bool:
        return len(await stage.world.messages("ada")) >= 8

    await stage.world.until(is_far, "eighth mail")
    await stage.world.track("ada", "Closed")
