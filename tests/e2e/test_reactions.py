"""What recipients do with a message wakes the run that sent it; what machines do wakes nobody (semantics 14)."""

import re
from typing import Any

import pytest

from runtime.settings import Settings
from tests.fixtures.world import World

SECOND_A_DAY = 86_400
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"
}
APPLE_PROXY = {"User-Agent": "Mozilla/5.0"}
INVITATION = """
journey: invitation
entry: {event: Invited}
steps:
  - {id: invite, send: email/invite}
  - id: reads
    wait_for: {reaction: HOW, to: invite, LINKwithin: DAYS}
    then: [{id: did, add_tags: reader}]
    else: [{id: did-not, add_tags: silent}]
"""
BODY = "[Register](https://shop.test/register) or [look](https://shop.test/look)"


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    """A day in a second: a click right after the hand-over would be a machine's otherwise."""
    return world_settings.model_copy(update={"time_scale": SECOND_A_DAY})


async def invited(world: World, how: str = "clicked", link: str = "", days: int = 60) -> dict[str, Any]:
    """The mail, once the run listens."""
    source = '---\nsubject: invite\n---\n<a data-link="register" href="https://shop.test/register">Come</a>\n'
    await world.admin.put("/v1/templates/email/invite", content=source)
    steps = (
        INVITATION.replace("HOW", how).replace("LINK", f"link: {link}, " if link else "").replace("DAYS", f"{days}d")
    )
    await world.publish(steps)
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Invited")
    await world.waiting("invitation", "reads")
    (mail,) = await world.mails("ada", 1)
    return mail


def path_of(mail: dict[str, Any], kind: str) -> str:
    found = re.search(rf'/{kind}/[^"\s)>]+', mail["html"] or mail["text"])
    assert found, mail
    return found[0]


async def tags(world: World) -> list[str]:
    await world.run_in("invitation", "ended")
    found: list[str] = (await world.customer("ada"))["attributes"]["tags"]
    return found


async def test_a_click_is_heard_by_the_run_that_waits_for_it(world: World) -> None:
    mail = await invited(world)
    answer = await world.shop.get(path_of(mail, "c"), headers=BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://shop.test/register")
    assert await tags(world) == ["reader"]
    (message,) = await world.messages("ada")
    assert (message["clicks"], message["machine_clicks"]) == (1, 0)


async def test_an_open_by_a_machine_is_marked_and_not_heard(world: World) -> None:
    mail = await invited(world, how="opened", days=1)
    assert (await world.shop.get(path_of(mail, "o"), headers=APPLE_PROXY)).is_success
    (event,) = await world.events("ada", "Message Opened")
    assert event["detail"]["properties"]["machine"] is True
    assert await tags(world) == ["silent"]
    (message,) = await world.messages("ada")
    assert (message["opens"], message["machine_opens"]) == (0, 1)


async def test_an_open_by_a_person_is_heard(world: World) -> None:
    mail = await invited(world, how="opened")
    assert (await world.shop.get(path_of(mail, "o"), headers=BROWSER)).is_success
    assert await tags(world) == ["reader"]


async def test_a_click_before_the_run_listens_is_heard_from_the_send_on(world: World) -> None:
    source = '---\nsubject: invite\n---\n<a href="https://shop.test/register">Come</a>\n'
    await world.admin.put("/v1/templates/email/invite", content=source)
    late = INVITATION.replace("HOW", "clicked").replace("LINK", "").replace("DAYS", "60d")
    await world.publish(late.replace("  - id: reads", "  - {id: pause, wait: 90d}\n  - id: reads"))
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Invited")
    run = await world.waiting("invitation", "pause")
    (mail,) = await world.mails("ada", 1)
    await world.shop.get(path_of(mail, "c"), headers=BROWSER)
    await world.events("ada", "Message Clicked")
    await world.insist(run["id"], "skip-wait")
    assert await tags(world) == ["reader"]


async def test_an_unsubscription_is_a_reaction_and_ends_all_further_mail(world: World) -> None:
    mail = await invited(world, how="unsubscribed")
    headers = {name.lower(): value for name, value in mail["headers"].items()}
    path = "/u/" + headers["list-unsubscribe"].strip("<>").rpartition("/u/")[2]
    await world.shop.post(path, data={"List-Unsubscribe": "One-Click"})
    assert await tags(world) == ["reader"]
    (consent,) = (await world.customer("ada"))["consents"]
    assert (consent["channel"], consent["granted"]) == ("email", False)
