"""Runs that go several ways at once, and runs that start and stop others."""

from tests.replay.plays.stage import CODE, Stage, play


@play(fast=True)
async def side_by_side(stage: Stage) -> None:
    """One branch sends, one hears, one waits; a send that is not taken gives way to the wait beside it."""
    steps = """
  - id: ways
    parallel:
      branches:
        mail: [{id: hello, send: email/hello}]
        clock: [{id: nap, wait: 1d}, {id: woken, set: {woken: true}}]
        bell: [{id: ring, wait_for: {event: Answered, within: 90d, as: answer}}]
  - {id: bye, send: email/bye}
"""
    stage.post.answers[stage.world.address("adelgunde")] = "451 4.7.1 greylisted"
    await stage.open("side-by-side", steps)

    async def is_woken() -> bool:
        return (await stage.world.customer("ada"))["attributes"].get("woken") is True

    await stage.world.until(is_woken, "branch beside the send")
    stage.post.answers.clear()
    await stage.world.message_in("ada", "handed_over")
    await stage.world.track("ada", "Answered", value=7, code=CODE)


@play("exit:won")
async def first_of_several(stage: Stage) -> None:
    """The first branch at its end leaves the others, among them one that is parked."""
    await stage.world.template("broken", "{{ customer.missing }}")
    steps = """
  - id: ways
    parallel:
      join: any
      branches:
        mail: [{id: hello, send: email/broken}]
        bell: [{id: ring, wait_for: {event: Answered, within: 90d}}]
        clock: [{id: nap, wait: 90d}]
  - {id: won, exit: won}
"""
    await stage.open("first-of-several", steps)
    await stage.world.run_in("first-of-several", "parked")
    await stage.world.track("ada", "Answered", code=CODE)


@play("exit:told", fast=True)
async def starting_another(stage: Stage) -> None:
    """One journey is awaited, one is refused, one is stopped."""
    await stage.world.publish("""
journey: another
entry: {manual: true, again: never}
inputs: {code: text}
steps: [{id: nap, wait: 1d}, {id: enough, exit: enough}]
""")
    await stage.world.publish("""
journey: endless
entry: {manual: true}
steps: [{id: nap, wait: 9000d}]
""")
    steps = """
  - {id: endless, start_journey: endless}
  - {id: first, start_journey: {journey: another, inputs: {code: {ref: event.code}}, await: true, within: 90d, as: first}}
  - id: second
    start_journey: {journey: another, inputs: {code: {ref: event.code}}, await: true, within: 90d}
    else: [{id: stop, stop_journey: endless}, {id: told, exit: told}]
"""
    await stage.open("starting-another", steps)
    await stage.world.run_in("endless", "ended")


@play("exit:cleared")
async def approving(stage: Stage) -> None:
    """Somebody approves of what is sent next."""
    steps = """
  - id: ok
    approve: {to: legal, title: May this go out?, of: hello, within: 30d}
    else: [{id: late, exit: late}]
  - {id: hello, send: email/hello}
  - {id: cleared, exit: cleared}
"""
    await stage.open("approving", steps)
    await stage.waiting("approving", "ok")
    (question,) = (await stage.world.admin.get("/v1/approvals")).json()["items"]
    await stage.world.admin.post(f"/v1/approvals/{question['id']}/approve")
