"""People on the way are moved to another version: with everything running, as an operator does it."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from temporalio.client import WorkflowHandle

from domain.ids import workflow_id
from store.message import reactions
from tests.fixtures.world import World

Json = dict[str, Any]

ENTRY = "entry: {event: Begun, again: always}\n"
FIRST = "  - {id: hello, send: email/hello}\n"


def plan(journey: str, steps: str, top: str = ENTRY) -> str:
    return f"journey: {journey}\n{top}steps:\n{steps}"


async def begin(world: World, journey: str, steps: str, *names: str, top: str = ENTRY) -> None:
    """Publishes version 1 and has these people begin it."""
    for template in ("hello", "bye", "more"):
        await world.template(template)
    await world.publish(plan(journey, steps, top))
    for name in names:
        await world.identify(name, email=world.address(name))
        await world.track(name, "Begun")


async def migrate(world: World, journey: str, **asked: Any) -> Json:
    """Runs the operation to its end."""
    answer = await world.admin.post(f"/v1/journeys/{journey}/migrate", json=asked)
    assert answer.status_code == 202, answer.text

    async def ended() -> Json | None:
        operation: Json = (await world.admin.get(f"/v1/operations/{answer.json()['id']}")).json()
        return operation if operation["status"] == "done" else None

    return await world.until(ended, "operation that is done")


async def items(world: World, operation: Json) -> list[Json]:
    answer = await world.admin.get(f"/v1/operations/{operation['id']}/items")
    found: list[Json] = answer.json()["items"]
    return found


def handle(world: World, run: Json) -> WorkflowHandle[Any, Any]:
    return world.client.get_workflow_handle(workflow_id(run["journey"], run["id"]))


async def test_a_step_added_after_a_trailing_wait_reaches_those_who_still_wait(world: World) -> None:
    """Semantics 15."""
    await begin(world, "trailing", FIRST + "  - {id: rest, wait: 3d}\n", "ada")
    await world.waiting("trailing", "rest")
    await world.publish(plan("trailing", FIRST + "  - {id: rest, wait: 3d}\n  - {id: bye, send: email/bye}\n"))
    operation = await migrate(world, "trailing", **{"from": 1, "to": 2})
    assert (operation["total"], operation["done"]) == (1, 1)
    (run,) = await world.runs("trailing")
    assert run["version"] == 2
    await world.insist(run["id"], "skip-wait")
    await world.mails("ada", 2)
    ended = await world.run_in("trailing", "ended")
    described = await handle(world, ended).describe()
    assert [pair.value for pair in described.typed_search_attributes if pair.key.name == "JourneyVersion"] == [2]
    assert [message["template"] for message in await world.messages("ada")] == ["hello", "bye"]


async def test_a_sample_first_then_the_rest_and_the_way_back(world: World) -> None:
    names = [f"p{number}" for number in range(12)]
    await begin(world, "sampled", "  - {id: rest, wait: 3d}\n", *names)
    await world.waiting("sampled", "rest", len(names))
    await world.publish(plan("sampled", "  - {id: pause, wait: 5d}\n  - {id: bye, send: email/bye}\n"))
    asked = {"from": 1, "to": 2, "map": {"rest": "pause"}}
    sample = await migrate(world, "sampled", **asked, sample=0.4, seed="a")
    moved = [run for run in await world.runs("sampled") if run["version"] == 2]
    assert 0 < sample["total"] == len(moved) < len(names)
    rest = await migrate(world, "sampled", rest_of=sample["id"])
    assert rest["total"] == len(names) - sample["total"]
    assert {(run["version"], run["step"]) for run in await world.runs("sampled")} == {(2, "pause")}
    again = await migrate(world, "sampled", **asked)
    assert again["total"] == 0
    back = await migrate(world, "sampled", **{"from": 2, "to": 1, "map": {"pause": "rest"}})
    assert back["done"] == len(names)
    assert {(run["version"], run["step"]) for run in await world.runs("sampled")} == {(1, "rest")}


async def test_whoever_cannot_be_moved_keeps_the_version_and_is_listed_with_the_reason(world: World) -> None:
    await begin(world, "gone", "  - {id: rest, wait: 3d}\n", "ada")
    await world.waiting("gone", "rest")
    await world.publish(plan("gone", "  - {id: pause, wait: 3d}\n"))
    operation = await migrate(world, "gone", **{"from": 1, "to": 2})
    (item,) = await items(world, operation)
    said = "Version 2 has no step rest; say what takes its place: --map rest=STEP."
    assert (item["outcome"], item["note"]) == ("skipped", said)
    (run,) = await world.runs("gone")
    assert (run["version"], run["step"]) == (1, "rest")


async def test_a_click_on_what_was_sent_under_another_id_is_heard_after_the_move(world: World) -> None:
    steps = (
        "  - {{id: {0}, send: {{template: hello, channel: email}}}}\n"
        "  - {{id: click, wait_for: {{reaction: opened, to: {0}, within: 3d}}, then: [{{id: bye, send: email/bye}}]}}\n"
        "  - {{id: way, branch: [{{if: {{reacted: {{to: {0}, how: opened}}}}, steps: [{{id: more, send: email/more}}]}}]}}\n"
    )
    await begin(world, "opened", steps.format("hello"), "ada")
    await world.waiting("opened", "click")
    await world.publish(plan("opened", steps.format("welcome")))
    operation = await migrate(world, "opened", **{"from": 1, "to": 2, "map": {"hello": "welcome"}})
    assert operation["done"] == 1
    (message,) = await world.messages("ada")
    async with world.db.transaction() as tx:
        moment = (await tx.execute(text("SELECT now()"))).scalar_one()
        assert await reactions.record(tx, UUID(message["id"]), "opened", at=moment)
    await world.run_in("opened", "ended")
    assert [one["step"] for one in await world.messages("ada")] == ["hello", "bye", "more"]


async def test_a_run_that_queues_begins_with_the_new_version(world: World) -> None:
    top = "entry: {event: Begun, again: always, intake: 1/h}\n"
    await begin(world, "queueing", "  - {id: rest, wait: 3d}\n", "ada", "ben", top=top)
    await world.run_in("queueing", "queued")
    await world.publish(plan("queueing", "  - {id: rest, wait: 3d}\n  - {id: bye, send: email/bye}\n", top))
    operation = await migrate(world, "queueing", **{"from": 1, "to": 2})
    assert (operation["total"], operation["done"]) == (2, 2)
    assert {run["version"] for run in await world.runs("queueing")} == {2}


async def test_the_story_tells_who_moved_the_run(world: World) -> None:
    await begin(world, "told", "  - {id: rest, wait: 3d}\n", "ada")
    await world.waiting("told", "rest")
    await world.publish(plan("told", "  - {id: pause, wait: 1s}\n"))
    await migrate(world, "told", **{"from": 1, "to": 2, "map": {"rest": "pause"}})
    run = await world.run_in("told", "ended")
    story = (await world.admin.get(f"/v1/runs/{run['id']}/explain", params={"format": "markdown"})).text
    assert "moved the run from rest to pause from version 1 to 2." in story
