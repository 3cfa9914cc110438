"""Entering and staying: by hand, refreshed, on one's own version (semantics 6, 7, 9, 10)."""

from datetime import UTC, datetime, timedelta

from tests.fixtures.world import World

WEBINAR = """
journey: webinar
inputs: {starts_at: datetime, host: text}
entry: {manual: true}
steps:
  - {id: confirm, send: {template: confirm, channel: email, purpose: transactional}}
  - {id: before, wait: {until: run.starts_at, offset: -1h, if_past: continue}}
"""
REMINDER = """
journey: reminder
entry: {event: Registered, per: event.webinar_id, on_repeat: refresh}
steps:
  - {id: before, wait: {until: event.starts_at, offset: -1h, if_past: continue}}
  - {id: soon, set: {reminded_of: {ref: event.title}}}
"""


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def test_somebody_enters_by_hand_with_what_the_journey_asks_for(world: World) -> None:
    await world.template("confirm", "With {{ run.host }} about {{ event.subject }}")
    await world.publish(WEBINAR)
    await world.identify("ada", email=world.address("ada"))
    starts = in_days(3)
    body = {"user_id": "ada", "inputs": {"starts_at": starts, "host": "Grace"}, "data": {"subject": "compilers"}}
    assert (await world.admin.post("/v1/journeys/webinar/enter", json=body)).is_success
    run = await world.waiting("webinar", "before")
    until = datetime.fromisoformat(starts) - timedelta(hours=1)
    assert abs(datetime.fromisoformat(run["waiting_until"]) - until) < timedelta(seconds=1)
    (mail,) = await world.mails("ada", 1)
    assert "With Grace about compilers" in mail["text"]
    refused = await world.admin.post("/v1/journeys/webinar/enter", json={"user_id": "ada", "inputs": {"host": 3}})
    assert refused.status_code == 422


async def test_a_newer_event_moves_the_wait_that_depends_on_it(world: World) -> None:
    await world.publish(REMINDER)
    await world.identify("ada")
    await world.track("ada", "Registered", webinar_id="w", starts_at=in_days(3), title="old")
    first = await world.waiting("reminder", "before")
    await world.track("ada", "Registered", webinar_id="w", starts_at=in_days(9), title="new")

    async def moved() -> bool:
        (run,) = await world.runs("reminder")
        return bool(run["waiting_until"] and run["waiting_until"] > first["waiting_until"])

    await world.until(moved, "later wait")
    await world.track("ada", "Registered", webinar_id="other", starts_at=in_days(3), title="other")
    await world.waiting("reminder", "before", 2)
    await world.insist(first["id"], "skip-wait")
    await world.run_in("reminder", "ended")
    assert (await world.customer("ada"))["attributes"]["reminded_of"] == "new"


async def test_a_run_stays_on_its_version_and_takes_the_newest_template_at_the_claim(world: World) -> None:
    plan = "journey: course\nentry: {event: Signed Up, again: always}\nsteps:\n  - {id: pause, wait: 30d}\n"
    await world.template("lesson", "First edition")
    await world.publish(plan + "  - {id: lesson, send: email/lesson}\n")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")
    old = await world.waiting("course", "pause")
    await world.template("lesson", "Second edition")
    await world.publish(plan + "  - {id: other, set: {taken: new}}\n")
    await world.track("ada", "Signed Up")
    await world.waiting("course", "pause", 2)
    new = next(run for run in await world.runs("course") if run["id"] != old["id"])
    assert (old["version"], new["version"]) == (1, 2)
    for run in (old, new):
        await world.insist(run["id"], "skip-wait")
    await world.run_in("course", "ended", 2)
    (mail,) = await world.mails("ada", 1)
    assert "Second edition" in mail["text"]
    (message,) = await world.messages("ada")
    assert (message["version"], message["template_version"]) == (1, 2)
    assert {line["detail"]["version"] for line in await world.timeline("ada", "decision")} == {1, 2}
    assert (await world.customer("ada"))["attributes"]["taken"] == "new"


async def test_who_nearly_entered_is_on_record_with_the_reason(world: World) -> None:
    await world.publish(
        "journey: carts\nentry: {event: Cart Updated, where: {value: {gte: 50}}, if: {plan: pro}, again: never}\n"
        "steps: [{id: mark, set: {seen: true}}]\n"
    )
    await world.identify("ada", plan="free")
    await world.track("ada", "Cart Updated", value=80)
    await world.track("ada", "Cart Updated", value=8)
    await world.identify("ada", plan="pro")
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    late = {"userId": "ada", "event": "Cart Updated", "timestamp": old, "properties": {"value": 80}}
    assert (await world.shop.post("/v1/track", json=late)).is_success
    await world.track("ada", "Cart Updated", value=80)
    await world.run_in("carts", "ended")
    await world.track("ada", "Cart Updated", value=80)
    await world.events("ada", "Cart Updated", 5)
    told = [line["title"] for line in await world.timeline("ada", "decision") if "near_miss" in line["title"]]
    assert told == [f"near_miss: {why}" for why in ("rule", "filter", "too_late", "again")]
