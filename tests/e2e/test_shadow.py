"""A version in shadow runs beside the live one on the same traffic, and shows where it would part from it."""

from typing import Any

import pytest
from httpx import Response
from sqlalchemy import text

from routing.audit import audit
from runtime.settings import Settings
from tests.e2e.test_reactions import BROWSER, path_of
from tests.fixtures.world import World

SECOND_A_DAY = 86_400
LIVE = """
journey: offer
entry: {event: Signed Up, again: never, holdout: HOLDOUT}
caps: {email: 2/30d}
exit: [{event: Closed, id: closed}]
steps:
  - {id: hello, send: email/hello}
  - {id: points, score: +20}
  - id: which
    branch:
      - if: {plan: pro}
        steps: [{id: rich, send: email/rich}]
      - else: [{id: poor, send: email/poor}]
  - {id: mark, set: {offered: true}}
  - id: clicks
    wait_for: {reaction: clicked, to: hello, within: 2d}
    then: [{id: did, exit: clicked}]
"""
NEXT = LIVE.replace("{plan: pro}", "{plan: [pro, plus]}").replace("again: never", "again: always")


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SECOND_A_DAY})


async def begin(world: World, live: str = LIVE, beside: str = NEXT, holdout: str = "0%") -> None:
    for name in ("hello", "rich", "poor"):
        await world.template(name, '<a href="https://shop.test/look">Look</a>')
    await world.publish(live.replace("HOLDOUT", holdout))
    answer = await put(world, beside.replace("HOLDOUT", holdout), shadow=True)
    assert (answer.json()["version"], answer.json()["shadow"]) == (2, True)


async def put(world: World, document: str, *, shadow: bool = False) -> Response:
    await world.admin.put("/v1/journeys/offer", content=document)
    answer = await world.admin.post("/v1/journeys/offer/publish", json={"shadow": shadow})
    assert answer.is_success, answer.text
    return answer


async def sign_up(world: World, name: str, **traits: Any) -> None:
    await world.identify(name, email=world.address(name), **traits)
    await world.track(name, "Signed Up")


async def compare(world: World) -> dict[str, Any]:
    answer = await world.admin.get("/v1/journeys/offer/compare")
    assert answer.is_success, answer.text
    compared: dict[str, Any] = answer.json()
    return compared


async def all_ended(world: World, count: int) -> None:
    async def are() -> bool:
        return len(await world.runs("offer", status="ended")) >= count

    await world.until(are, f"{count} ended runs")


async def test_the_difference_is_exactly_the_changed_branch(world: World) -> None:
    await begin(world)
    for name, plan in (("ann", "pro"), ("ben", "plus"), ("cat", "free")):
        await sign_up(world, name, plan=plan)
    await all_ended(world, 6)
    found = await compare(world)
    assert (found["pairs"], found["same"], found["differing"]) == (3, 2, 1)
    ben = (await world.customer("ben"))["id"]
    assert [one["customer"] for one in found["people"]] == [ben]
    parted = {(one["kind"], one["step"]): (one["live"], one["shadow"]) for one in found["people"][0]["differences"]}
    assert parted.keys() == {("sent", "rich"), ("sent", "poor")}
    assert parted["sent", "rich"][0] == "nothing"
    assert parted["sent", "rich"][1].startswith("email/rich at ")
    assert parted["sent", "poor"][1] == "nothing"
    assert found["live"]["sent"] == {"hello": 3, "rich": 1, "poor": 2}
    assert found["shadow"]["sent"] == {"hello": 3, "rich": 2, "poor": 1}
    assert found["live"]["ended"] == found["shadow"]["ended"] == {"finished": 3}
    said = " ".join(found["unknowable"])
    assert "clicks waits for a reaction" in said
    assert "mark, points" in said


async def test_a_shadow_hands_nothing_over_and_counts_nowhere(world: World) -> None:
    await begin(world)
    await sign_up(world, "ann", plan="pro")
    await all_ended(world, 2)
    assert [mail["subject"] for mail in await world.mails("ann", 2)] == ["hello", "rich"]
    customer = await world.customer("ann")
    assert customer["score"] == 20
    assert {message["state"] for message in await world.messages("ann")} == {"handed_over", "ghost"}
    (shadow,) = await world.runs("offer", shadow="true")
    (live,) = await world.runs("offer", shadow="false")
    assert (shadow["ghost"], shadow["version"], live["ghost"], live["version"]) == (True, 2, False, 1)
    assert (await world.admin.get("/v1/journeys/offer")).json()["runs"] == {"ended": 1}
    (listed,) = (await world.admin.get("/v1/journeys")).json()["items"]
    assert (listed["live_version"], listed["shadow_version"], listed["runs"]) == (1, 2, {"ended": 1})
    books = await audit(world.db, world.client)
    assert [(book.entered, book.ended) for book in books.journeys] == [(1, 1)]
    assert books.balance
    story = (await world.admin.get(f"/v1/customers/{customer['id']}/explain", params={"journey": "offer"})).json()
    assert story["answer"].startswith("Has entered offer once.")
    assert all(line["version"] == 1 for line in story["lines"] if line["version"])
    told = (await world.admin.get(f"/v1/runs/{shadow['id']}/explain")).json()
    assert "in shadow" in told["lines"][0]["sentence"]


async def test_caps_count_each_version_by_itself(world: World) -> None:
    """Two mails fit into the cap on either side: one version's do not use up the other's."""
    await begin(world)
    await sign_up(world, "ann", plan="pro")
    await all_ended(world, 2)
    found = await compare(world)
    assert found["live"]["held_back"] == found["shadow"]["held_back"] == {}
    capped = LIVE.replace("2/30d", "1/30d").replace("again: never", "again: always")
    assert (await world.admin.post("/v1/journeys/offer/shadow/stop")).is_success
    await put(world, capped.replace("HOLDOUT", "0%"), shadow=True)
    await sign_up(world, "ben", plan="pro")
    await all_ended(world, 4)
    found = await compare(world)
    assert found["live"]["held_back"] == {}
    assert found["shadow"]["held_back"] == {"rich: caps": 1}
    (difference,) = found["people"][0]["differences"]
    assert (difference["kind"], difference["step"], difference["shadow"]) == ("sent", "rich", "held back: caps")


async def test_re_entry_is_decided_for_each_version_by_itself(world: World) -> None:
    await begin(world)
    await sign_up(world, "ann")
    await all_ended(world, 2)
    await world.track("ann", "Signed Up")
    await all_ended(world, 3)
    found = await compare(world)
    assert (found["live"]["entered"], found["live"]["near_misses"]) == (1, {"again": 1})
    assert (found["shadow"]["entered"], found["shadow"]["near_misses"]) == (2, {})
    (person,) = found["people"]
    (difference,) = person["differences"]
    assert (difference["kind"], difference["shadow"]) == ("entered", "entered")
    assert difference["live"] == "did not enter: whoever has entered once never enters again"


async def test_a_holdout_of_the_live_version_is_none_of_the_shadow(world: World) -> None:
    await begin(world, holdout="99.9999%")
    await sign_up(world, "ann", plan="pro")
    await all_ended(world, 2)
    found = await compare(world)
    assert (found["pairs"], found["same"], found["held_out"]) == (1, 1, 1)
    assert {run["shadow"]: run["ghost"] for run in await world.runs("offer")} == {True: True, False: True}
    async with world.db.transaction() as tx:
        told = (await tx.execute(text("SELECT outcome FROM decision WHERE kind = 'entry' ORDER BY outcome"))).scalars()
        assert list(told) == ["held_out", "shadow"]


async def test_a_click_on_the_live_mail_is_no_reaction_to_the_shadows(world: World) -> None:
    await begin(world, LIVE.replace("within: 2d", "within: 12d"), NEXT.replace("within: 2d", "within: 12d"))
    await sign_up(world, "ann", plan="pro")
    await world.waiting("offer", "clicks", 2)
    mails = await world.mails("ann", 2)
    (hello,) = [mail for mail in mails if mail["subject"] == "hello"]
    assert (await world.shop.get(path_of(hello, "c"), headers=BROWSER)).status_code == 302
    live = await world.run_in("offer", "ended")
    assert (live["shadow"], live["ended_reason"]) == (False, "exit:clicked")
    await all_ended(world, 2)
    reasons = {run["shadow"]: run["ended_reason"] for run in await world.runs("offer")}
    assert reasons == {False: "exit:clicked", True: "finished"}


async def test_stopping_a_shadow_ends_its_runs_and_leaves_the_live_ones(world: World) -> None:
    await begin(world, LIVE.replace("within: 2d", "within: 900d"), NEXT.replace("within: 2d", "within: 900d"))
    await sign_up(world, "ann", plan="pro")
    await world.waiting("offer", "clicks", 2)
    answer = await world.admin.post("/v1/journeys/offer/shadow/stop")
    assert answer.json() == {"journey": "offer", "version": 2}
    ended = await world.run_in("offer", "ended")
    assert (ended["shadow"], ended["ended_reason"]) == (True, "stopped:shadow")
    assert [run["status"] for run in await world.runs("offer", shadow="false")] == ["running"]
    for path in ("compare", "shadow/stop"):
        ask = world.admin.get if path == "compare" else world.admin.post
        refused = await ask(f"/v1/journeys/offer/{path}")
        assert (refused.status_code, refused.json()["code"]) == (409, "no_shadow")
    await sign_up(world, "ben")
    await world.waiting("offer", "clicks", 2)
    assert len(await world.runs("offer", shadow="true")) == 1


async def test_publishing_the_same_text_makes_the_shadow_live_and_another_text_ends_it(world: World) -> None:
    await begin(world)
    await sign_up(world, "ann", plan="plus")
    await world.run_in("offer", "ended", 2)
    answer = await put(world, NEXT.replace("HOLDOUT", "0%"))
    assert (answer.json()["version"], answer.json()["shadow"], answer.json()["changed"]) == (2, False, True)
    shown = (await world.admin.get("/v1/journeys/offer")).json()
    assert (shown["live_version"], shown["shadow_version"], shown["draft"]) == (2, None, None)
    await sign_up(world, "ben", plan="plus")
    await world.run_in("offer", "ended", 3)
    assert [mail["subject"] for mail in await world.mails("ben", 2)] == ["hello", "rich"]
    (run,) = [run for run in await world.runs("offer", shadow="false") if run["version"] == 2]
    assert run["ghost"] is False


async def test_what_cannot_run_in_shadow_is_refused_with_the_reason(world: World) -> None:
    for name in ("hello", "rich", "poor"):
        await world.template(name)
    live, beside = LIVE.replace("HOLDOUT", "0%"), NEXT.replace("HOLDOUT", "0%")

    async def refused(document: str) -> str:
        await world.admin.put("/v1/journeys/offer", content=document)
        answer = await world.admin.post("/v1/journeys/offer/publish", json={"shadow": True})
        assert answer.status_code == 409, answer.text
        code: str = answer.json()["code"]
        return code

    assert await refused(live) == "not_live"
    await world.publish(live)
    assert await refused(live) == "same_version"
    assert (await put(world, beside, shadow=True)).json()["changed"]
    assert not (await put(world, beside, shadow=True)).json()["changed"]
    assert await refused(beside.replace("2/30d", "3/30d")) == "shadow_exists"
    wrong = await world.admin.post("/v1/journeys/offer/publish", json={"shadows": True})
    assert wrong.status_code == 422
    missing = await world.admin.get("/v1/journeys/nowhere/compare")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_journey")
