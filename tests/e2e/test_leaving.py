"""Exits, goals, pauses, stops: what ends a run, and what holds it (semantics 19, 22, 24)."""

import asyncio
from typing import Any

import pytest

from routing.router import Routed, Router
from store.event import history
from tests.fixtures.world import World

TRIAL = """
journey: trial
entry: {event: Trial Started}
goal: {event: Subscribed Now, within: 30d, value: price}
exit: [{event: Account Closed}]
steps:
  - {id: hello, send: email/hello}
  - {id: pause, wait: 30d}
  - {id: late, send: email/late}
"""
WAITING = """
journey: asking
entry: {event: Trial Started}
steps:
  - id: answer
    wait_for: {event: Answered, within: 30d}
    then: [{id: thanks, send: email/thanks}]
    else: [{id: nudge, send: email/nudge}]
"""


async def enter(world: World, journey: str, *templates: str, waiting_at: str) -> dict[str, object]:
    for name in templates:
        await world.template(name)
    await world.publish(journey)
    await world.identify("ada", email=world.address("ada"), first_name="Ada")
    await world.track("ada", "Trial Started")
    return await waiting(world, journey.split()[1], waiting_at)


async def waiting(world: World, journey: str, step: str) -> dict[str, object]:
    async def found() -> dict[str, object] | None:
        runs = await world.runs(journey)
        return next((run for run in runs if run["step"] == step and run["waiting_until"]), None)

    run: dict[str, object] = await world.until(found, f"run of {journey} waiting at {step}")
    return run


async def test_a_goal_ends_the_run_and_counts_as_conversion_with_its_value(world: World) -> None:
    await enter(world, TRIAL, "hello", "late", waiting_at="pause")
    await world.track("ada", "Subscribed Now", price=49)
    run = await world.run_in("trial", "ended")
    assert (run["ended_reason"], run["conversion_value"]) == ("goal", 49)
    assert [mail["subject"] for mail in await world.mails("ada", 1)] == ["hello"]


async def test_an_exit_ends_the_run_for_its_named_reason(world: World) -> None:
    await enter(world, TRIAL, "hello", "late", waiting_at="pause")
    await world.track("ada", "Account Closed")
    run = await world.run_in("trial", "ended")
    assert run["ended_reason"] == "exit:account-closed"


async def test_an_exit_accepted_before_the_claim_wins_even_while_it_is_not_yet_applied(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit stands in the inbox and nobody routes, until the claim has asked for it."""
    run = await enter(world, TRIAL, "hello", "late", waiting_at="pause")
    asked = asyncio.Event()
    route, is_pending = Router._route, history.is_pending

    async def route_late(router: Router) -> Routed:
        await asked.wait()
        return await route(router)

    async def ask(*arguments: Any, **names: Any) -> bool:
        answer = await is_pending(*arguments, **names)
        asked.set()
        return answer

    monkeypatch.setattr(Router, "_route", route_late)
    monkeypatch.setattr(history, "is_pending", ask)
    await world.track("ada", "Account Closed")
    await world.insist(str(run["id"]), "skip-wait")
    ended = await world.run_in("trial", "ended")
    assert ended["ended_reason"] == "exit:account-closed"
    assert [mail["subject"] for mail in await world.mails("ada", 1)] == ["hello"]


async def test_a_paused_run_hears_afterwards_what_happened_meanwhile(world: World) -> None:
    run = await enter(world, WAITING, "thanks", "nudge", waiting_at="answer")
    assert (await world.order(str(run["id"]), "pause")).is_success
    assert (await world.run_in("asking", "paused"))["id"] == run["id"]
    await world.track("ada", "Answered")
    await world.events("ada", "Answered")
    assert (await world.order(str(run["id"]), "resume")).is_success
    await world.run_in("asking", "ended")
    assert [mail["subject"] for mail in await world.mails("ada", 1)] == ["thanks"]


async def test_an_exit_ends_a_paused_run(world: World) -> None:
    run = await enter(world, TRIAL, "hello", "late", waiting_at="pause")
    await world.order(str(run["id"]), "pause")
    await world.run_in("trial", "paused")
    await world.track("ada", "Account Closed")
    assert (await world.run_in("trial", "ended"))["ended_reason"] == "exit:account-closed"


async def test_a_wait_can_be_skipped_and_a_run_stopped_by_an_operator(world: World) -> None:
    run = await enter(world, WAITING, "thanks", "nudge", waiting_at="answer")
    await world.insist(str(run["id"]), "skip-wait")
    await world.run_in("asking", "ended")
    assert [mail["subject"] for mail in await world.mails("ada", 1)] == ["nudge"]
    await world.track("ada", "Trial Started")
    again = await waiting(world, "asking", "answer")
    assert (await world.order(str(again["id"]), "stop")).is_success
    stopped = (await world.runs("asking", status="ended"))[0]
    assert stopped["ended_reason"].startswith("stopped:")


async def test_an_order_that_cannot_be_obeyed_is_refused_with_the_reason(world: World) -> None:
    run = await enter(world, WAITING, "thanks", "nudge", waiting_at="answer")
    answer = await world.order(str(run["id"]), "resume")
    assert answer.status_code == 409
    assert "not paused" in answer.json()["detail"]
    assert (await world.order(str(run["id"]), "retry")).status_code == 409


async def test_a_template_that_fails_for_a_customer_parks_the_run_until_it_is_mended(world: World) -> None:
    await world.template("hello", "Your plan is {{ customer.plan }}")
    await world.publish("journey: plans\nentry: {event: Trial Started}\nsteps: [{id: hello, send: email/hello}]\n")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Trial Started")
    parked = await world.run_in("plans", "parked")
    assert parked["parked"]["code"] == "template_variable_missing"
    await world.template("hello", "Your plan is {{ customer.plan | default: 'free' }}")
    await world.insist(parked["id"], "retry")
    await world.run_in("plans", "ended")
    (mail,) = await world.mails("ada", 1)
    assert "Your plan is free" in mail["text"]
