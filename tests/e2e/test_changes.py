"""What a run changes is seen by its next step, by other journeys and on the timeline (semantics 4; B, changes made by runs)."""

import pytest

from tests.fixtures.world import World

CHANGES = """
journey: changes
entry: {event: Signed Up}
steps:
  - {id: mark, set: {stage: engaged, plan: {ref: event.plan}}, add_tags: [active, new]}
  - {id: visit, increment: {visits: 2}}
  - {id: untag, remove_tags: new}
  - {id: points, score: +20}
  - {id: minus, score: {add: -5, reason: Bounced}}
  - {id: sub, subscribe: product-news}
  - id: sees
    branch:
      - if: {stage: engaged, plan: pro, visits: {gte: 2}, tags: {contains: active}, score: {eq: 15}, subscribed: product-news}
        steps: [{id: seen, exit: seen}]
      - else: [{id: blind, exit: blind}]
"""
LISTENS = """
journey: scored
entry: {event: Score Changed, where: {score: {gte: 20}}}
steps:
  - {id: hot, set: {hot: true}}
"""


async def test_the_next_branch_sees_what_the_steps_before_it_changed(world: World) -> None:
    await world.admin.put("/v1/topics/product-news", json={"title": "Product news", "opt_in": True})
    await world.publish(CHANGES)
    await world.publish(LISTENS)
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up", plan="pro")
    run = await world.run_in("changes", "ended")
    assert run["ended_reason"] == "exit:seen"
    await world.run_in("scored", "ended")
    customer = await world.customer("ada")
    told = {name: customer["attributes"].get(name) for name in ("stage", "plan", "visits", "tags", "hot")}
    assert told == {"stage": "engaged", "plan": "pro", "visits": 2, "tags": ["active"], "hot": True}
    assert customer["score"] == 15
    assert [(c["topic"], c["granted"]) for c in customer["consents"]] == [("product-news", True)]
    scores = await world.events("ada", "Score Changed", 2)
    changes = {event["detail"]["properties"]["change"]: event["detail"]["properties"]["score"] for event in scores}
    assert changes == {20: 20, -5: 15}
    assert {event["run_id"] for event in scores} == {run["id"]}
    await world.events("ada", "Attributes Changed", 4)
    await world.events("ada", "Subscribed")


@pytest.mark.parametrize("country", ["DE", "FR", "US"])
async def test_a_branch_by_value_takes_the_case_of_the_value(world: World, country: str) -> None:
    await world.publish(
        "journey: by-value\nentry: {event: Signed Up}\nsteps:\n"
        "  - {id: which, branch: {by: country, cases: {DE: [{id: de, exit: german}], FR: [{id: fr, exit: french}]},"
        " else: [{id: other, exit: other}]}}\n"
    )
    await world.identify("ada", country=country)
    await world.track("ada", "Signed Up")
    run = await world.run_in("by-value", "ended")
    assert run["ended_reason"] == {"DE": "exit:german", "FR": "exit:french"}.get(country, "exit:other")


async def test_an_identify_right_before_the_event_is_seen_by_the_run_it_starts(world: World) -> None:
    await world.publish(
        "journey: reads\nentry: {event: Signed Up, again: always}\nsteps:\n"
        "  - {id: which, branch: [{if: {plan: pro}, steps: [{id: pro, exit: pro}]}, {else: [{id: free, exit: free}]}]}\n"
    )
    for count, plan in enumerate(("pro", "free") * 3, start=1):
        await world.identify("ada", plan=plan)
        await world.track("ada", "Signed Up")
        run = await world.run_in("reads", "ended", count)
        assert run["ended_reason"] == f"exit:{plan}"


async def test_journeys_that_cause_each_other_are_cut_off(world: World) -> None:
    await world.publish("journey: echo\nentry: {event: Score Changed, again: always}\nsteps: [{id: more, score: +1}]\n")
    await world.publish("journey: spark\nentry: {event: Signed Up}\nsteps: [{id: first, score: +1}]\n")
    await world.identify("ada")
    await world.track("ada", "Signed Up")

    async def is_cut() -> bool:
        return any(line["title"] == "near_miss: depth" for line in await world.timeline("ada", "decision"))

    await world.until(is_cut, "near miss for the depth of its causes")
    assert (await world.customer("ada"))["score"] <= 12
