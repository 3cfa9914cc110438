"""Consent, suppression, caps, quiet hours and `once`: asked at every claim (semantics 16, 17)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fixtures.world import World

TWO_MAILS = """
journey: news
entry: {{event: Signed Up, again: always}}
{top}
steps:
  - {{id: first, send: {{template: first, channel: email, {more}}}}}
  - {{id: pause, wait: 30d}}
  - {{id: second, send: {{template: second, channel: email, {more}}}}}
"""

DECLINE = """
journey: decline
entry: {event: Declined}
steps: [{id: stop, unsubscribe: product-news}]
"""


async def sign_up(world: World, top: str = "", more: str = "purpose: marketing", user: str = "ada") -> dict[str, Any]:
    for name in ("first", "second"):
        await world.template(name)
    await world.publish(TWO_MAILS.format(top=top, more=more))
    await world.identify(user, email=world.address(user))
    await world.track(user, "Signed Up")
    return await world.waiting("news", "pause")


async def second(world: World, run: dict[str, Any], ended: int = 1) -> list[str]:
    """Subjects of all mails after the wait was skipped and that many runs have ended."""
    await world.insist(run["id"], "skip-wait")
    await world.run_in("news", "ended", ended)
    return [mail["subject"] for mail in await world.mails("ada", 1)]


async def verdicts(world: World, user: str = "ada") -> list[tuple[str, str]]:
    """What the gate said, and the check that decided."""
    said = []
    for line in await world.timeline(user, "decision"):
        if line["title"].startswith("gate: "):
            checks = line["detail"]["asked"][-1]["checks"]
            said.append((line["title"].removeprefix("gate: "), checks[-1]["check"]))
    return said


async def test_one_click_unsubscribes_before_the_next_mail(world: World) -> None:
    run = await sign_up(world)
    (mail,) = await world.mails("ada", 1)
    headers = {name.lower(): value for name, value in mail["headers"].items()}
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    link = headers["list-unsubscribe"].strip("<>")
    path = "/u/" + link.rpartition("/u/")[2]
    answer = await world.shop.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.is_success
    assert await second(world, run) == ["first"]
    assert await verdicts(world) == [("go", "quiet_hours"), ("skip", "consent")]
    assert len(await world.events("ada", "Unsubscribed")) == 1


async def test_a_mail_of_a_transaction_goes_to_those_who_left_too(world: World) -> None:
    run = await sign_up(world, more="purpose: transactional")
    await world.admin.put("/v1/account", json={"implicit_consent": []})
    assert await second(world, run) == ["first", "second"]


async def test_without_a_word_the_accounts_default_decides(world: World) -> None:
    run = await sign_up(world)
    assert (await world.admin.put("/v1/account", json={"implicit_consent": []})).is_success
    assert await second(world, run) == ["first"]


async def test_a_topic_that_was_declined_skips_its_mails_only(world: World) -> None:
    await world.admin.put("/v1/topics/product-news", json={"title": "Product news"})
    await world.publish(DECLINE)
    run = await sign_up(world, top="topic: product-news")
    await world.track("ada", "Declined")
    await world.run_in("decline", "ended")
    assert await second(world, run) == ["first"]
    assert (await verdicts(world))[-1] == ("skip", "topic")


async def test_a_cap_that_is_used_up_skips(world: World) -> None:
    run = await sign_up(world, top="caps: {email: 1/30d}")
    assert await second(world, run) == ["first"]
    assert await verdicts(world) == [("go", "quiet_hours"), ("skip", "caps")]


async def test_a_cap_that_is_used_up_defers_where_the_step_says_so(world: World) -> None:
    run = await sign_up(world, top="caps: {email: 1/4s}", more="if_blocked: wait, deadline: 1h")
    await world.insist(run["id"], "skip-wait")
    await world.waiting("news", "second")
    await world.run_in("news", "ended")
    first, later = await world.messages("ada")
    assert datetime.fromisoformat(later["claimed_at"]) - datetime.fromisoformat(first["claimed_at"]) >= timedelta(
        seconds=4
    )


async def test_a_deferral_past_the_deadline_is_late_at_once(world: World) -> None:
    run = await sign_up(world, top="caps: {email: 1/30d}", more="if_blocked: wait, deadline: 1h, if_late: exit")
    await world.insist(run["id"], "skip-wait")
    assert (await world.run_in("news", "ended"))["ended_reason"] == "exit:late"


def around_now() -> str:
    """Quiet hours, in UTC, from an hour ago to two hours from now."""
    now = datetime.now(UTC)
    begin, end = now - timedelta(hours=1), now + timedelta(hours=2)
    return f'["{begin:%H}:00", "{end:%H}:00"]'


async def test_quiet_hours_hold_marketing_back_until_they_end(world: World) -> None:
    await world.template("first")
    await world.publish(
        f"journey: quiet\nentry: {{event: Signed Up}}\nquiet_hours: {around_now()}\n"
        "steps:\n  - {id: first, send: email/first}\n"
    )
    await world.identify("ada", email=world.address("ada"), timezone="UTC")
    await world.track("ada", "Signed Up")
    run = await world.waiting("quiet", "first")
    until = datetime.fromisoformat(run["waiting_until"])
    assert timedelta(0) < until - datetime.now(UTC) < timedelta(hours=3)
    assert (until.minute, until.second) == (0, 0)
    assert await verdicts(world) == [("defer", "quiet_hours")]
    assert await world.messages("ada") == []
    await world.insist(run["id"], "skip-wait")  # the gate is asked again, not remembered
    await world.until(lambda: _asked_twice(world), "second verdict")


async def _asked_twice(world: World) -> bool:
    return await verdicts(world) == [("defer", "quiet_hours")] * 2


async def test_a_mail_of_a_transaction_knows_no_quiet_hours_and_no_caps(world: World) -> None:
    top = f"quiet_hours: {around_now()}\ncaps: {{email: 1/30d}}"
    run = await sign_up(world, top=top, more="purpose: transactional")
    assert await second(world, run) == ["first", "second"]


async def test_once_ever_holds_over_runs(world: World) -> None:
    run = await sign_up(world, more="once: ever")
    await world.insist(run["id"], "stop")
    await world.track("ada", "Signed Up")
    again = await world.waiting("news", "pause")
    assert await second(world, again, ended=2) == ["first", "second"]
    assert await verdicts(world) == [("go", "quiet_hours"), ("skip", "once"), ("go", "quiet_hours")]
