"""Mail servers that say no, not now, or nothing at all (semantics 18, 20, 21)."""

from collections.abc import AsyncIterator

import pytest

from runtime.settings import Settings
from runtime.stack.ports import free_port
from tests.doubles.smtp import Drop, SmtpScript, smtp_double
from tests.fixtures.world import World

JOURNEY = """
journey: letters
entry: {{event: Signed Up, again: always}}
steps:
  - {{id: hello, send: {{template: hello, channel: email, {more}}}}}
  - {{id: bye, send: email/bye}}
"""
NO_SUCH_USER = "550 5.1.1 no such user"

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
async def post() -> AsyncIterator[SmtpScript]:
    async with smtp_double() as script:
        yield script


@pytest.fixture
def world_settings(world_settings: Settings, post: SmtpScript) -> Settings:
    return world_settings.model_copy(update={"smtp_port": post.port})


async def sign_up(world: World, more: str = "deadline: 1h") -> None:
    for name in ("hello", "bye"):
        await world.template(name)
    await world.publish(JOURNEY.format(more=more))
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")


def subjects(post: SmtpScript) -> list[str]:
    return [str(mail["Subject"]) for mail in post.parsed()]


async def test_an_address_that_does_not_exist_is_suppressed_and_the_run_goes_on(world: World, post: SmtpScript) -> None:
    post.answers[world.address("ada")] = NO_SUCH_USER
    await sign_up(world)
    assert (await world.run_in("letters", "ended"))["ended_reason"] == "finished"
    assert [(m["step"], m["state"]) for m in await world.messages("ada")] == [("hello", "refused")]
    (suppression,) = (await world.customer("ada"))["suppressions"]
    assert (suppression["channel"], suppression["address"]) == ("email", world.address("ada"))
    told = [(line["title"], line["step"]) for line in await world.timeline("ada", "decision")]
    assert ("send: refused", "hello") in told
    assert ("gate: skip", "bye") in told
    del post.answers[world.address("ada")]
    await world.track("ada", "Signed Up")
    await world.run_in("letters", "ended", 2)
    assert post.mails == []


async def test_a_mailbox_that_is_full_is_refused_and_not_suppressed(world: World, post: SmtpScript) -> None:
    post.answers[world.address("ada")] = "552 5.2.2 mailbox full"
    await sign_up(world)
    await world.run_in("letters", "ended")
    assert [m["state"] for m in await world.messages("ada")] == ["refused", "refused"]
    assert (await world.customer("ada"))["suppressions"] == []


@pytest.mark.parametrize(("policy", "reason"), [("exit", "exit:failure"), ("park", None)])
async def test_a_refusal_follows_what_the_step_says(
    world: World, post: SmtpScript, policy: str, reason: str | None
) -> None:
    post.answers[world.address("ada")] = NO_SUCH_USER
    await sign_up(world, f"on_failure: {policy}")
    run = await world.run_in("letters", "ended" if reason else "parked")
    assert (run["ended_reason"], run["step"]) == (reason, "hello")


async def test_a_server_that_wants_us_to_come_back_later_gets_one_mail(world: World, post: SmtpScript) -> None:
    post.answers[world.address("ada")] = "451 4.7.1 greylisted"
    await sign_up(world)
    await world.message_in("ada", "released")
    del post.answers[world.address("ada")]
    await world.run_in("letters", "ended")
    assert subjects(post) == ["hello", "bye"]
    *tries, handed_over, _ = await world.messages("ada")
    assert {one["state"] for one in tries} == {"released"}
    assert [one["attempt"] for one in (*tries, handed_over)] == [*range(1, len(tries) + 2)]


async def test_temporary_trouble_past_the_deadline_is_late(world: World, post: SmtpScript) -> None:
    post.answers[world.address("ada")] = "451 4.7.1 greylisted"
    await sign_up(world, "deadline: 1s, if_late: exit")
    assert (await world.run_in("letters", "ended"))["ended_reason"] == "exit:late"
    assert post.mails == []


async def test_a_server_that_falls_silent_after_the_mail_gets_it_again_under_the_same_id(
    world: World, post: SmtpScript
) -> None:
    post.mail_answer = Drop
    await sign_up(world)
    unknown = await world.message_in("ada", "unknown")
    post.mail_answer = None
    await world.run_in("letters", "ended")
    hello, bye = await world.messages("ada")
    assert (hello["id"], hello["state"]) == (unknown["id"], "handed_over")
    assert hello["unknown_count"] >= 1
    assert bye["unknown_count"] == 0
    assert len({str(mail["Message-ID"]) for mail in post.parsed() if mail["Subject"] == "hello"}) == 1
    assert subjects(post).count("hello") == hello["unknown_count"] + 1


async def test_credentials_that_are_refused_park_the_run_until_they_are_mended(world: World, post: SmtpScript) -> None:
    post.sender_answer = "530 5.7.0 authentication required"
    await sign_up(world)
    parked = await world.run_in("letters", "parked")
    assert parked["parked"]["code"] == "authentication_refused"
    post.sender_answer = None
    await world.insist(parked["id"], "retry")
    await world.run_in("letters", "ended")
    assert subjects(post) == ["hello", "bye"]


class TestDown:
    """The server is not there at all."""

    @pytest.fixture
    def world_settings(self, world_settings: Settings) -> Settings:
        return world_settings.model_copy(update={"smtp_port": free_port()})

    async def test_a_mail_waits_for_its_server_and_goes_out_once(self, world: World) -> None:
        await sign_up(world)
        await world.message_in("ada", "released")
        async with smtp_double(port=world.settings.smtp_port) as post:
            await world.run_in("letters", "ended")
            assert subjects(post) == ["hello", "bye"]


@pytest.mark.parametrize("is_paused", [False, True])
async def test_a_stage_is_left_although_its_mail_waits_for_another_try(
    world: World, post: SmtpScript, is_paused: bool
) -> None:
    post.answers[world.address("ada")] = "451 4.7.1 greylisted"
    await world.template("hello")
    await world.publish("""
journey: trial
entry: {event: Signed Up}
steps:
  - id: until-bought
    stage: {until: {event: Bought}, steps: [{id: mark, add_tags: trying}, {id: hello, send: email/hello}]}
    then: [{id: bought, exit: bought}]
""")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")
    message = await world.message_in("ada", "released")
    if is_paused:
        await world.insist(message["run_id"], "pause")
        post.answers.clear()
    await world.track("ada", "Bought")
    if is_paused:
        await world.events("ada", "Bought")
        await world.insist(message["run_id"], "resume")
    assert (await world.run_in("trial", "ended"))["ended_reason"] == "exit:bought"
    assert post.mails == []
