"""Runs that wait for an answer are moved: the answer to what was asked still finds them, whatever the step is called now."""

from typing import Any

from tests.e2e.test_migrating import items, migrate, plan
from tests.fixtures.world import World

Json = dict[str, Any]

MANUAL = "entry: {manual: true, again: always}\n"


def asking(name: str) -> str:
    return (
        f"  - {{id: {name}, approve: {{to: legal, title: May it go out?, of: hello, within: 9d}},"
        " rejected: [{id: out, exit: rejected}]}\n  - {id: hello, send: email/hello}\n"
    )


async def question_of(world: World, user: str) -> Json:
    customer = await world.customer(user)

    async def found() -> Json | None:
        page = (await world.admin.get("/v1/approvals", params={"limit": 100})).json()
        return next((one for one in page["items"] if one["customer_id"] == customer["id"]), None)

    return await world.until(found, f"question about {user}")


async def answer(world: World, user: str, verdict: str) -> Json:
    question = await question_of(world, user)
    said = await world.admin.post(f"/v1/approvals/{question['id']}/{verdict}", json={"digest": question["digest"]})
    body: Json = said.json()
    return body


async def test_an_answer_finds_the_run_under_the_new_name_of_its_question(world: World) -> None:
    await world.template("hello")
    await world.publish(plan("asking", asking("ok")))
    for name in ("ada", "ben", "eve"):
        await world.identify(name, email=world.address(name))
        await world.track(name, "Begun")
    await world.waiting("asking", "ok", 3)
    await world.publish(plan("asking", asking("consent")))
    unmapped = await migrate(world, "asking", **{"from": 1, "to": 2})
    notes = {item["note"] for item in await items(world, unmapped)}
    assert notes == {"Version 2 has no step ok; say what takes its place: --map ok=STEP."}
    moved = await migrate(world, "asking", **{"from": 1, "to": 2, "map": {"ok": "consent"}})
    assert (moved["total"], moved["done"]) == (3, 3)
    assert (await answer(world, "ada", "approve"))["status"] == "approved"
    await world.message_in("ada", "handed_over")
    assert (await answer(world, "ben", "reject"))["status"] == "rejected"
    assert (await world.run_in("asking", "ended", 2))["version"] == 2
    assert await world.messages("ben") == []
    unmoved = await question_of(world, "eve")
    await world.publish(
        plan(
            "asking",
            asking("consent")
            .replace("9d", "20d")
            .replace("send: email/hello", "send: {template: hello, channel: email, deadline: 2d}"),
        )
    )
    await migrate(world, "asking", **{"from": 2, "to": 3})
    assert (await answer(world, "eve", "approve"))["code"] == "content_changed"
    anew = await question_of(world, "eve")
    assert (anew["version"], anew["of"], anew["status"]) == (3, ["hello"], "open")
    assert anew["until"] > unmoved["until"]
    assert (await answer(world, "eve", "approve"))["status"] == "approved"
    await world.message_in("eve", "handed_over")


async def test_an_approval_holds_for_the_same_content_under_another_name(world: World) -> None:
    await world.template("hello")
    await world.publish(plan("asking", asking("ok")))
    for name in ("ada", "ben"):
        await world.identify(name, email=world.address(name))
        await world.track(name, "Begun")
    await world.waiting("asking", "ok", 2)
    renamed = asking("ok").replace("of: hello", "of: greet").replace("id: hello", "id: greet")
    await world.publish(plan("asking", renamed))
    asked = await question_of(world, "ada")
    moved = await migrate(world, "asking", **{"from": 1, "to": 2, "map": {"hello": "greet"}})
    assert moved["done"] == 2
    approved = await answer(world, "ada", "approve")
    assert (approved["status"], approved["digest"]) == ("approved", asked["digest"])
    assert (await world.message_in("ada", "handed_over"))["step"] == "greet"
    await world.template("hello", "Hello again {{ message.unsubscribe_url }}")
    assert (await answer(world, "ben", "approve"))["code"] == "content_changed"


async def test_whoever_awaits_another_journey_hears_of_its_end_after_the_move(world: World) -> None:
    await world.template("bye")
    awaiting = (
        "  - {{id: {0}, start_journey: {{journey: other, await: true, within: 9d, as: told}},"
        " then: [{{id: bye, send: email/bye}}], else: [{{id: late, exit: late}}]}}\n"
    )
    await world.publish(plan("other", "  - {id: rest, wait: 3d}\n", MANUAL))
    await world.publish(plan("parent", awaiting.format("first")))
    for name in ("ada", "ben"):
        await world.identify(name, email=world.address(name))
        await world.track(name, "Begun")
    await world.waiting("parent", "first", 2)
    await world.waiting("other", "rest", 2)
    await world.publish(plan("parent", awaiting.format("second")))
    moved = await migrate(world, "parent", **{"from": 1, "to": 2, "map": {"first": "second"}})
    assert moved["done"] == 2
    await world.publish(plan("parent", "  - {id: second, start_journey: other}\n  - {id: bye, send: email/bye}\n"))
    ben = await world.customer("ben")
    (child,) = await world.runs("other", customer=(await world.customer("ada"))["id"])
    await world.insist(child["id"], "skip-wait")
    await world.message_in("ada", "handed_over")
    await world.run_in("parent", "ended")
    await migrate(world, "parent", **{"from": 2, "to": 3})
    await world.message_in("ben", "handed_over")
    assert {one["version"] for one in await world.runs("parent", customer=ben["id"])} == {3}
    assert len(await world.runs("other")) == 2
