"""Sends that do not go straight: refused, later, too late, nobody knows, deferred, called off."""

from tests.doubles.smtp import Drop
from tests.replay.plays.stage import Stage, play

TWICE = "  - {id: hello, send: email/hello}\n  - {id: bye, send: email/bye}\n"
LATER = "451 4.7.1 greylisted"


def letter(more: str) -> str:
    return f"  - {{id: hello, send: {{template: hello, channel: email, {more}}}}}\n"


@play()
async def refused(stage: Stage) -> None:
    stage.post.answers[stage.world.address("adelgunde")] = "550 5.1.1 no such user"
    await stage.open("refused", TWICE)


@play()
async def greylisted(stage: Stage) -> None:
    stage.post.answers[stage.world.address("adelgunde")] = LATER
    await stage.open("greylisted", TWICE)
    await stage.world.message_in("ada", "released")
    stage.post.answers.clear()


@play("exit:late")
async def too_late(stage: Stage) -> None:
    stage.post.answers[stage.world.address("adelgunde")] = LATER
    await stage.open("too-late", letter("deadline: 1s, if_late: exit"))


@play()
async def nobody_knew(stage: Stage) -> None:
    stage.post.mail_answer = Drop
    await stage.open("nobody-knew", TWICE)
    await stage.world.message_in("ada", "unknown")
    stage.post.mail_answer = None


@play()
async def deferred(stage: Stage) -> None:
    steps = "  - {id: first, send: email/bye}\n" + letter("if_blocked: wait, deadline: 1h")
    await stage.open("deferred", steps, "caps: {email: 1/2s}\n")


@play("exit:closed")
async def called_off_between_two_tries(stage: Stage) -> None:
    """The exit comes while the send waits for its next try."""
    stage.post.answers[stage.world.address("adelgunde")] = LATER
    await stage.open("called-off-between-two-tries", TWICE, "exit: [{event: Closed, id: closed}]\n")
    await stage.world.message_in("ada", "released")
    await stage.world.track("ada", "Closed")


@play("exit:closed")
async def left_during_a_send(stage: Stage) -> None:
    """The exit comes after the claim: the message is handed over and recorded, then the run ends."""
    stage.post.pause = 0.7
    await stage.open("left-during-a-send", TWICE, "exit: [{event: Closed, id: closed}]\n")
    await stage.world.message_in("ada", "claimed")
    await stage.world.track("ada", "Closed")
    await stage.world.run_in("left-during-a-send", "ended")
    assert [message["state"] for message in await stage.world.messages("ada")] == ["handed_over"]
