"""Waits of every form, as people live them: a day is a second (semantics 12 to 14)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from runtime.settings import Settings
from tests.fixtures.world import World

SECOND_A_DAY = 86_400


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"time_scale": SECOND_A_DAY})


async def start(world: World, journey: str, entry: str, steps: str, **properties: object) -> None:
    await world.publish(f"journey: {journey}\nentry: {{event: {entry}, again: always}}\nsteps:\n{steps}")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", entry, **properties)


async def said(world: World, kind: str) -> list[str]:
    titles = [line["title"] for line in await world.timeline("ada", "decision")]
    return [title.removeprefix(f"{kind}: ") for title in titles if title.startswith(f"{kind}: ")]


async def test_a_silence_begins_anew_with_every_event_that_breaks_it(world: World) -> None:
    steps = "  - {id: quiet, wait: {silence: {event: Cart Updated, where: {value: {gt: 0}}}, for: 1d}}\n"
    await start(world, "cart", "Cart Updated", steps, value=1)
    run = await world.waiting("cart", "quiet")
    await world.events("ada", "Cart Updated")
    await world.publish("journey: cart\nentry: {event: Nothing}\n" + "steps:\n" + steps)  # nobody else enters
    await world.track("ada", "Cart Updated", value=2)
    await world.track("ada", "Cart Updated", value=0)
    ended = await world.run_in("cart", "ended")
    (breaking, _) = (await world.events("ada", "Cart Updated", 3))[1:]
    quiet_from = datetime.fromisoformat(breaking["detail"]["received_at"])
    assert ended["id"] == run["id"]
    lasted = datetime.fromisoformat(ended["ended_at"]) - quiet_from
    assert timedelta(seconds=1) <= lasted < timedelta(seconds=3)


async def test_a_stage_is_left_at_once_when_its_event_comes(world: World) -> None:
    steps = """
  - id: trial
    stage:
      until: {event: Subscribed Now, as: sale}
      steps:
        - {id: tip, add_tags: tipped}
        - {id: pause, wait: 90d}
        - {id: never, add_tags: never}
    then: [{id: bought, set: {plan: {ref: run.sale.plan}}}]
    else: [{id: used-up, exit: used-up}]
"""
    await start(world, "trial", "Trial Started", steps)
    await world.waiting("trial", "pause")
    await world.track("ada", "Subscribed Now", plan="pro")
    run = await world.run_in("trial", "ended")
    assert run["ended_reason"] == "finished"
    attributes = (await world.customer("ada"))["attributes"]
    assert (attributes["plan"], attributes["tags"]) == ("pro", ["tipped"])


async def test_a_stage_whose_steps_are_used_up_goes_to_its_else(world: World) -> None:
    steps = """
  - id: trial
    stage: {until: {rule: {plan: pro}}, steps: [{id: pause, wait: 6h}]}
    else: [{id: used-up, exit: used-up}]
"""
    await start(world, "trial", "Trial Started", steps)
    assert (await world.run_in("trial", "ended"))["ended_reason"] == "exit:used-up"


async def test_a_repeat_asks_before_each_round_and_spaces_them_evenly(world: World) -> None:
    steps = """
  - id: weekly
    repeat: {every: 12h, times: 9, until: {visits: {gte: 3}}, steps: [{id: visit, increment: {visits: 1}}]}
"""
    await start(world, "series", "Signed Up", steps)
    await world.run_in("series", "ended")
    changes = await world.events("ada", "Attributes Changed", 3)
    times = [datetime.fromisoformat(change["at"]) for change in changes]
    for before, after in pairwise(times):
        assert timedelta(seconds=0.45) < after - before < timedelta(seconds=1.5)
    assert await said(world, "repeat_round") == ["round", "round", "round", "until_held"]


async def test_of_a_race_the_first_wins_and_is_kept(world: World) -> None:
    steps = """
  - id: race
    wait_for:
      first:
        - {event: Order Completed, as: order, then: [{id: total, set: {last_total: {ref: run.order.total}}}]}
        - {event: Account Closed, then: [{id: gone, exit: gone}]}
      within: 60d
    else: [{id: nothing, exit: nothing}]
"""
    await start(world, "race", "Signed Up", steps)
    await world.waiting("race", "race")
    await world.track("ada", "Order Completed", total=49)
    await world.track("ada", "Account Closed")
    run = await world.run_in("race", "ended")
    assert run["ended_reason"] == "finished"
    assert (await world.customer("ada"))["attributes"]["last_total"] == 49


async def test_a_wait_for_hears_only_what_its_where_and_same_let_through(world: World) -> None:
    await world.publish("""
journey: orders
entry: {event: Cart Updated, per: event.cart_id}
steps:
  - id: answer
    wait_for: {event: Order Completed, where: {total: {gte: 10}}, same: cart_id, within: 60d}
    then: [{id: bought, exit: bought}]
""")
    await world.identify("ada")
    await world.track("ada", "Cart Updated", cart_id="a")
    await world.waiting("orders", "answer")
    await world.track("ada", "Order Completed", cart_id="b", total=50)
    await world.track("ada", "Order Completed", cart_id="a", total=5)
    await world.events("ada", "Order Completed", 2)
    assert [run["status"] for run in await world.runs("orders")] == ["running"]
    await world.track("ada", "Order Completed", cart_id="a", total=50)
    assert (await world.run_in("orders", "ended"))["ended_reason"] == "exit:bought"


async def test_since_entry_hears_what_came_before_the_step(world: World) -> None:
    steps = """
  - {id: pause, wait: 90d}
  - id: answer
    wait_for: {event: Answered, since: SINCE, within: 6h}
    then: [{id: heard, exit: heard}]
"""
    for since, reason in (("entry", "exit:heard"), ("step", "finished")):
        await start(world, f"since-{since}", "Asked", steps.replace("SINCE", since))
        run = await world.waiting(f"since-{since}", "pause")
        await world.track("ada", "Answered")
        await world.events("ada", "Answered")
        await world.insist(run["id"], "skip-wait")
        assert (await world.run_in(f"since-{since}", "ended"))["ended_reason"] == reason
        await world.admin.post(f"/v1/journeys/since-{since}/archive")


async def test_a_rule_is_heard_when_it_comes_true(world: World) -> None:
    steps = """
  - id: grows
    wait_for: {rule: {plan: pro}, within: 60d}
    then: [{id: grown, exit: grown}]
"""
    await start(world, "grows", "Signed Up", steps)
    await world.waiting("grows", "grows")
    await world.identify("ada", plan="free")
    await world.identify("ada", plan="pro")
    assert (await world.run_in("grows", "ended"))["ended_reason"] == "exit:grown"


async def test_an_event_accepted_before_the_time_out_wins_although_it_is_applied_later(world: World) -> None:
    """Nobody routes when it is accepted, and the time runs out before anybody does."""
    steps = """
  - id: answer
    wait_for: {event: Answered, within: 24h}
    then: [{id: heard, exit: heard}]
    else: [{id: late, exit: late}]
"""
    await start(world, "settles", "Asked", steps)
    run = await world.waiting("settles", "answer")
    await world.stop_worker()
    await world.track("ada", "Answered")
    until = datetime.fromisoformat(run["waiting_until"])
    await world.until(lambda: _is_over(until), "end of the wait")
    world.start_worker()
    assert (await world.run_in("settles", "ended"))["ended_reason"] == "exit:heard"


async def test_an_event_accepted_after_the_time_out_does_not_reopen_the_branch(world: World) -> None:
    steps = """
  - id: answer
    wait_for: {event: Answered, within: 12h}
    then: [{id: heard, exit: heard}]
    else: [{id: late, exit: late}]
"""
    await start(world, "settles", "Asked", steps)
    run = await world.waiting("settles", "answer")
    await world.stop_worker()
    until = datetime.fromisoformat(run["waiting_until"])
    await world.until(lambda: _is_over(until), "end of the wait")
    await world.track("ada", "Answered")
    world.start_worker()
    assert (await world.run_in("settles", "ended"))["ended_reason"] == "exit:late"


async def _is_over(moment: datetime) -> bool:
    return datetime.now(UTC) > moment + timedelta(milliseconds=50)


@pytest.mark.parametrize(("if_past", "tags"), [("continue", ["then", "after"]), ("skip", ["after"]), ("exit", None)])
async def test_a_moment_that_has_passed_follows_if_past(world: World, if_past: str, tags: list[str] | None) -> None:
    steps = f"""
  - wait: {{until: event.starts_at, offset: -1d, if_past: {if_past}}}
    id: before
    then: [{{id: then, add_tags: then}}]
  - {{id: after, add_tags: after}}
"""
    await start(world, "past", "Registered", steps, starts_at=datetime.now(UTC).isoformat())
    run = await world.run_in("past", "ended")
    assert run["ended_reason"] == ("finished" if tags else "exit:past")
    assert (await world.customer("ada"))["attributes"].get("tags") == tags


async def test_a_split_sends_a_customer_the_same_way_every_time(world: World) -> None:
    steps = """
  - id: arms
    split: {a: {weight: 50, steps: [{id: a, exit: a}]}, b: {weight: 50, steps: [{id: b, exit: b}]}}
"""
    await start(world, "split", "Signed Up", steps)
    await world.run_in("split", "ended")
    await world.track("ada", "Signed Up")
    await world.run_in("split", "ended", 2)
    assert len({run["ended_reason"] for run in await world.runs("split")}) == 1
