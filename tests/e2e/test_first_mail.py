"""One event becomes one mail."""

from tests.fixtures.world import World

WELCOME = """
journey: welcome
entry: {event: Signed Up}
steps:
  - id: hello
    send: email/hello
"""


async def test_an_event_becomes_a_mail(world: World) -> None:
    await world.template("hello")
    await world.publish(WELCOME)
    await world.identify("ada", email=world.address("ada"), first_name="Ada")
    await world.track("ada", "Signed Up")
    (mail,) = await world.mails("ada", 1)
    assert mail["subject"] == "hello"
    assert "Hello Ada" in mail["text"]
    run = await world.run_in("welcome", "ended")
    assert run["ended_reason"] == "finished"
