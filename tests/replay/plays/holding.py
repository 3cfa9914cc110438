"""Pauses of the journey, and a parked step that is left out."""

from tests.replay.plays.stage import Stage, play

SEND_AND_MARK = "  - {id: bye, send: email/bye}\n  - {id: mark, set: {seen: true}}\n"


async def _rest(stage: Stage, journey: str, steps: str = SEND_AND_MARK) -> None:
    """The journey is paused before its customer comes to a step that would do something."""
    first = "  - {id: pause, wait: 6h}\n"
    await stage.open(journey, first + steps)
    run = await stage.waiting(journey, "pause")
    answer = await stage.world.admin.post(f"/v1/journeys/{journey}/pause")
    assert answer.is_success, answer.text
    await stage.order(run, "skip-wait")

    async def rests() -> bool:
        answer = await stage.world.admin.get(f"/v1/journeys/{journey}/resume-plan")
        return bool(answer.json()["runs"] == 1)

    await stage.world.until(rests, "run that rests")


async def _resume(stage: Stage, journey: str, **how: str) -> None:
    answer = await stage.world.admin.post(f"/v1/journeys/{journey}/resume", json=how)
    assert answer.is_success, answer.text


@play()
async def rested_and_caught_up(stage: Stage) -> None:
    await _rest(stage, "rested-and-caught-up")
    await _resume(stage, "rested-and-caught-up", due="catch_up")


@play()
async def rested_and_skipped(stage: Stage) -> None:
    await _rest(stage, "rested-and-skipped")
    await _resume(stage, "rested-and-skipped", due="skip")
    await stage.world.run_in("rested-and-skipped", "ended")
    assert await stage.world.messages("ada") == []


@play()
async def rested_and_spread(stage: Stage) -> None:
    await _rest(stage, "rested-and-spread")
    await _resume(stage, "rested-and-spread", due="spread", over="30d")
    await stage.order(await stage.waiting("rested-and-spread", "bye"), "skip-wait")


@play()
async def parked_and_left_out(stage: Stage) -> None:
    await stage.world.template("broken", "{{ customer.missing }}")
    await stage.open("parked-and-left-out", "  - {id: hello, send: email/broken}\n  - {id: bye, send: email/bye}\n")
    await stage.world.run_in("parked-and-left-out", "parked")
    answer = await stage.world.admin.post("/v1/parked/skip", json={"journey": "parked-and-left-out"})
    assert answer.is_success, answer.text
    await stage.world.run_in("parked-and-left-out", "ended")
    assert [one["step"] for one in await stage.world.messages("ada")] == ["bye"]
