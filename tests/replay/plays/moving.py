"""Runs that are moved to another version: waiting, paused, parked, between two tries, there and back, in a long life."""

from tests.replay.plays.stage import Stage, play

ENTRY = "entry: {event: Begun, again: always}\n"
LAST = "  - {id: bye, send: email/bye}\n"


async def publish(stage: Stage, journey: str, steps: str) -> None:
    await stage.world.publish(f"journey: {journey}\n{ENTRY}steps:\n{steps}")


async def move(stage: Stage, journey: str, source: int, target: int, **steps: str) -> None:
    """Moves everybody, and waits until the run says so."""
    asked = {"from": source, "to": target, "map": steps}

    async def moved() -> bool:
        (run,) = await stage.world.runs(journey)
        return bool(run["version"] == target)

    async def obeyed() -> bool:
        answer = await stage.world.admin.post(f"/v1/journeys/{journey}/migrate", json=asked)
        assert answer.is_success, answer.text
        return await ended(stage, answer.json()["id"]) and await moved()

    await stage.world.until(obeyed, f"{journey} on version {target}")


async def ended(stage: Stage, operation: str) -> bool:
    async def done() -> bool:
        return bool((await stage.world.admin.get(f"/v1/operations/{operation}")).json()["status"] == "done")

    return await stage.world.until(done, "end of the operation")


@play()
async def moved_while_waiting(stage: Stage) -> None:
    """The wait is over at once, because the new one is shorter; the step behind it is new."""
    await stage.open("moved-while-waiting", "  - {id: pause, wait: 6h}\n")
    await stage.waiting("moved-while-waiting", "pause")
    await publish(stage, "moved-while-waiting", "  - {id: pause, wait: 1s}\n" + LAST)
    await move(stage, "moved-while-waiting", 1, 2)


@play()
async def moved_while_listening(stage: Stage) -> None:
    """The listen has another name afterwards, and hears."""
    steps = "  - {{id: {0}, wait_for: {{event: Rang, within: 6h}}, then: [{{id: bye, send: email/bye}}]}}\n"
    await stage.open("moved-while-listening", steps.format("bell"))
    await stage.waiting("moved-while-listening", "bell")
    await publish(stage, "moved-while-listening", steps.format("ding"))
    await move(stage, "moved-while-listening", 1, 2, bell="ding")
    await stage.world.track("ada", "Rang")


@play()
async def moved_while_paused(stage: Stage) -> None:
    await stage.open("moved-while-paused", "  - {id: pause, wait: 6h}\n" + LAST)
    run = await stage.waiting("moved-while-paused", "pause")
    await stage.order(run, "pause")
    await publish(stage, "moved-while-paused", "  - {id: pause, wait: 1s}\n" + LAST)
    await move(stage, "moved-while-paused", 1, 2)
    await stage.order(run, "resume")


@play()
async def moved_while_parked(stage: Stage) -> None:
    """The new version has mended the step."""
    await stage.world.template("broken", "{{ customer.missing }}")
    await stage.open("moved-while-parked", "  - {id: hello, send: email/broken}\n")
    run = await stage.world.run_in("moved-while-parked", "parked")
    await publish(stage, "moved-while-parked", "  - {id: hello, send: email/hello}\n")
    await move(stage, "moved-while-parked", 1, 2)
    await stage.order(run["id"], "retry")


@play()
async def moved_between_two_tries(stage: Stage) -> None:
    """The send that waits for its next try is called off, and goes on in the new version."""
    stage.post.answers[stage.world.address("adelgunde")] = "451 4.7.1 greylisted"
    await stage.open("moved-between-two-tries", "  - {id: hello, send: email/hello}\n")
    await stage.world.message_in("ada", "released")
    await publish(stage, "moved-between-two-tries", "  - {id: hello, send: email/hello}\n" + LAST)
    await move(stage, "moved-between-two-tries", 1, 2)
    stage.post.answers.clear()


@play()
async def moved_there_and_back(stage: Stage) -> None:
    await stage.open("moved-there-and-back", "  - {id: pause, wait: 6h}\n")
    run = await stage.waiting("moved-there-and-back", "pause")
    await publish(stage, "moved-there-and-back", "  - {id: rest, wait: 8h}\n" + LAST)
    await move(stage, "moved-there-and-back", 1, 2, pause="rest")
    await move(stage, "moved-there-and-back", 2, 1, rest="pause")
    await stage.order(run, "skip-wait")


@play(fast=True, long=True)
async def moved_in_a_long_life(stage: Stage) -> None:
    """The version goes along when the run continues as new."""
    rounds = "  - {{id: rounds, repeat: {{every: 6h, times: {0}, steps: [{{id: hello, send: email/hello}}]}}}}\n"
    await stage.open("moved-in-a-long-life", rounds.format(400))

    async def has(count: int) -> bool:
        return len(await stage.world.messages("ada")) >= count

    await stage.world.until(lambda: has(2), "second mail")
    await publish(stage, "moved-in-a-long-life", rounds.format(9) + LAST)
    await move(stage, "moved-in-a-long-life", 1, 2)
