"""A paused journey begins no effect and loses nothing (semantics 24)."""

from datetime import datetime, timedelta

import pytest

from routing.audit import audit
from tests.fixtures.world import World
from tests.operating.conftest import Operator

GREETING = """
journey: greeting
entry: {event: Begun, again: always}
exit: [{event: Closed, id: closed}]
goal: {event: Bought}
steps:
  - {id: hello, send: email/hello}
  - {id: mark, set: {greeted: true}}
"""
PATH = "/v1/journeys/greeting"


async def paused(world: World, operator: Operator, journey: str = GREETING) -> None:
    await world.template("hello")
    await world.publish(journey)
    await operator.post(f"{PATH}/pause", reason="The price is wrong.")


async def test_entries_rest_at_their_first_effect_exits_and_goals_take_effect_and_the_rest_catches_up(
    world: World, operator: Operator
) -> None:
    await paused(world, operator)
    await operator.begin("ada", "ben", "cem")
    plan = await operator.held(PATH, 3)
    assert (plan["people"], plan["entered"], plan["hold"]["reason"]) == (3, 3, "The price is wrong.")
    assert [(group["step"], group["does"], group["runs"]) for group in plan["groups"]] == [
        ("hello", "send email/hello", 3)
    ]
    await world.track("ben", "Closed")
    await world.track("cem", "Bought")
    await world.run_in("greeting", "ended", 2)
    assert {run["ended_reason"] for run in await world.runs("greeting", status="ended")} == {"goal", "exit:closed"}
    books = await audit(world.db, world.client, "greeting")
    assert (books.balance, books.journeys[0].entered, books.journeys[0].running) == (True, 3, 1)
    resumed = await operator.post(f"{PATH}/resume", due="catch_up")
    assert (resumed["runs"], resumed["hold"]["due"]) == (1, "catch_up")
    await world.run_in("greeting", "ended", 3)
    assert [one["state"] for one in await world.messages("ada")] == ["handed_over"]
    assert await world.messages("ben") == await world.messages("cem") == []
    assert (await operator.get("/v1/holds"))["items"] == []
    lifted = await operator.get(f"/v1/holds/{resumed['hold']['id']}")
    assert (lifted["resting"], lifted["hold"]["due"]) == (0, "catch_up")


async def test_what_fell_due_can_be_left_out_and_the_run_goes_on_behind_it(world: World, operator: Operator) -> None:
    await paused(world, operator)
    await operator.begin("ada")
    await operator.held(PATH, 1)
    await operator.post(f"{PATH}/resume", due="skip")
    await world.run_in("greeting", "ended")
    assert await world.messages("ada") == []
    assert (await world.customer("ada"))["attributes"]["greeted"] is True


async def test_a_spread_gives_each_run_a_moment_of_its_own_within_the_span(world: World, operator: Operator) -> None:
    await paused(world, operator)
    names = [f"p{number}" for number in range(8)]
    await operator.begin(*names)
    await operator.held(PATH, 8)
    resumed = await operator.post(f"{PATH}/resume", due="spread", over="4h")
    lifted = datetime.fromisoformat(resumed["hold"]["lifted_at"])

    async def all_wait() -> list[datetime]:
        runs = await world.runs("greeting")
        untils = [datetime.fromisoformat(run["waiting_until"]) for run in runs if run["waiting_until"]]
        return untils if len(untils) == len(names) else []

    untils = await world.until(all_wait, "moment for each run")
    assert len(set(untils)) == len(names)
    assert all(lifted <= until <= lifted + timedelta(hours=4) for until in untils)
    await world.track(names[0], "Closed")
    await world.run_in("greeting", "ended")
    for run in await world.runs("greeting", status="running"):
        await world.insist(run["id"], "skip-wait")
    await world.run_in("greeting", "ended", 8)
    assert [len(await world.messages(name)) for name in names] == [0, *[1] * 7]


async def test_waits_go_on_hear_and_end_but_no_step_behind_them_begins(world: World, operator: Operator) -> None:
    journey = """
journey: greeting
entry: {event: Begun, again: always}
steps:
  - {id: reply, wait_for: {event: Answered, within: 30d}}
  - {id: mark, set: {greeted: true}}
  - {id: points, score: +5}
"""
    await world.publish(journey)
    await operator.begin("ada")
    run = await world.waiting("greeting", "reply")
    await operator.post(f"{PATH}/pause")
    await world.track("ada", "Answered")
    plan = await operator.held(PATH, 1)
    assert [(group["step"], group["does"]) for group in plan["groups"]] == [("mark", "set")]
    assert "greeted" not in (await world.customer("ada"))["attributes"]
    shown = await operator.get(f"/v1/runs/{run['id']}")
    assert (shown["status"], shown["step"], bool(shown["held_at"])) == ("running", "mark", True)
    await operator.post(f"{PATH}/resume")
    await world.run_in("greeting", "ended")
    ada = await world.customer("ada")
    assert (ada["attributes"]["greeted"], ada["score"]) == (True, 5)


async def test_a_stage_is_left_while_its_send_rests(world: World, operator: Operator) -> None:
    await paused(
        world,
        operator,
        """
journey: greeting
entry: {event: Begun, again: always}
steps:
  - {id: nurture, stage: {until: {event: Replied}, steps: [{id: hello, send: email/hello}]}, then: [{id: won, exit: won}]}
""",
    )
    await operator.begin("ada")
    await operator.held(PATH, 1)
    await world.track("ada", "Replied")
    run = await world.run_in("greeting", "ended")
    assert run["ended_reason"] == "exit:won"
    assert await world.messages("ada") == []


async def test_a_run_that_is_paused_itself_rests_until_both_are_resumed(world: World, operator: Operator) -> None:
    await paused(world, operator)
    await operator.begin("ada")
    await operator.held(PATH, 1)
    (run,) = await world.runs("greeting")
    await world.insist(run["id"], "pause")
    await operator.post(f"{PATH}/resume")
    await operator.post(f"{PATH}/pause")
    assert (await operator.get(f"/v1/runs/{run['id']}"))["status"] == "paused"
    await operator.post(f"{PATH}/resume")
    await world.insist(run["id"], "resume")
    await world.run_in("greeting", "ended")
    assert [one["state"] for one in await world.messages("ada")] == ["handed_over"]


async def test_who_is_resumed_into_another_pause_rests_again(world: World, operator: Operator) -> None:
    await paused(world, operator)
    await operator.begin("ada")
    await operator.held(PATH, 1)
    await world.stop_worker()
    await operator.post(f"{PATH}/resume")
    await operator.post(f"{PATH}/pause")
    world.start_worker()
    await operator.held(PATH, 1)
    assert await world.messages("ada") == []
    await operator.post(f"{PATH}/resume")
    await world.run_in("greeting", "ended")
    assert len(await world.messages("ada")) == 1


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        (f"{PATH}/resume", {}, (409, "not_paused")),
        ("/v1/journeys/nobody/pause", {}, (404, "unknown_journey")),
        ("/v1/channels/pigeon/pause", {}, (404, "unknown_channel")),
        ("/v1/channels/email/resume", {}, (409, "not_paused")),
    ],
)
async def test_what_makes_no_sense_is_refused(
    path: str, body: dict[str, str], refusal: tuple[int, str], world: World, operator: Operator
) -> None:
    await world.template("hello")
    await world.publish(GREETING)
    assert await operator.refusal(path, **body) == refusal


async def test_a_pause_is_given_once_and_a_spread_needs_its_span(world: World, operator: Operator) -> None:
    await paused(world, operator)
    assert await operator.refusal(f"{PATH}/pause") == (409, "paused_already")
    assert await operator.refusal(f"{PATH}/resume", due="spread") == (422, "bad_spread")
    assert await operator.refusal(f"{PATH}/resume", due="catch_up", over="4h") == (422, "bad_spread")
    assert await operator.refusal(f"{PATH}/resume", due="spread", over="40d") == (422, "bad_spread")
