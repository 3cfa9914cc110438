"""Many runs are paused and resumed by one order: which are meant, what is due is told before, and what became of each."""

from tests.fixtures.world import World
from tests.operating.conftest import Operator

WAITING = (
    "journey: waiting\nentry: {event: Begun, again: always}\n"
    "steps: [{id: rest, wait: 30d}, {id: hello, send: email/hello}]\n"
)


async def test_chosen_runs_are_paused_and_resumed_by_an_operation(world: World, operator: Operator) -> None:
    await world.template("hello")
    await world.publish(WAITING)
    await operator.begin(*(f"p{number}" for number in range(4)))
    await world.waiting("waiting", "rest", 4)
    asked = {"journey": "waiting", "step": "rest", "limit": 3}
    plan = await operator.post("/v1/runs/pause/plan", **asked)
    assert (plan["runs"], plan["due"], plan["groups"][0]["step"]) == (3, 0, "rest")
    paused = await operator.post("/v1/runs/pause", **asked, reason="a look at it")
    done = await operator.operation_in(paused["id"], "done")
    assert (done["kind"], done["total"], done["done"], done["reason"]) == ("pause", 3, 3, "a look at it")
    assert done["parameters"] == asked
    statuses = [run["status"] for run in await world.runs("waiting")]
    assert sorted(statuses) == ["paused", "paused", "paused", "running"]
    assert (await operator.post("/v1/runs/resume/plan", journey="waiting"))["runs"] == 3
    resumed = await operator.post("/v1/runs/resume", journey="waiting", due="skip")
    assert (await operator.operation_in(resumed["id"], "done"))["done"] == 3
    assert {run["status"] for run in await world.runs("waiting")} == {"running"}


async def test_an_order_that_means_nobody_or_nothing_is_refused_with_the_reason(
    world: World, operator: Operator
) -> None:
    await world.publish(WAITING.replace("{id: hello, send: email/hello}", "{id: more, wait: 1d}"))
    assert await operator.refusal("/v1/runs/pause", journey="waiting") == (409, "nothing_meant")
    assert await operator.refusal("/v1/runs/pause", journey="wating") == (404, "unknown_journey")
    assert await operator.refusal("/v1/runs/pause", step="rest") == (422, "invalid_input")
    assert await operator.refusal("/v1/runs/pause", journey="waiting", due="skip") == (422, "not_a_resume")
    assert await operator.refusal("/v1/runs/resume", journey="waiting", due="spread") == (422, "not_spread")
