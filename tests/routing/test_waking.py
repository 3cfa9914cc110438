"""Exits, goals and listens: what an event does to runs that are under way (semantics 14, 19, 22, 24)."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from domain.program import Entry, Listen
from tests.routing.world import World, event, goal, journey, on, rule, where


def listen(**fields: Any) -> dict[str, Any]:
    """A listen as its run's activity stores it."""
    return Listen(id="wait/0", **fields).model_dump(mode="json")


async def started(world: World, **fields: Any) -> dict[str, Any]:
    """Ann's run of a journey, with its start confirmed."""
    await world.publish(journey(**fields))
    await world.track("ann", "Signed Up", cart="c1")
    await world.route()
    await world.run_sql("DELETE FROM command")
    return await world.run()


async def test_an_exit_makes_the_run_leave(world: World) -> None:
    run = await started(world, exits=(on("Account Closed"),))
    await world.track("bob", "Account Closed")
    await world.track("ann", "Account Closed")
    await world.route()
    after = await world.run()
    assert (after["status"], after["leaving"], after["ended_reason"]) == ("leaving", "exit:account-closed", None)
    assert after["last_command"] == run["last_command"] + 1
    assert await world.signals() == ["leave exit:account-closed"]
    assert (await world.decisions())[-1] == "leave exit:account-closed"


async def test_a_run_leaves_once(world: World) -> None:
    await started(world, exits=(on("Account Closed"),), goal=goal("Ordered"))
    await world.track("ann", "Ordered")
    await world.track("ann", "Account Closed")
    await world.track("ann", "Ordered")
    await world.route()
    assert await world.signals() == ["leave goal"]


@pytest.mark.parametrize(
    ("closing", "leaves"),
    [
        ({"why": "moved", "cart": "c1"}, True),
        ({"why": "no", "cart": "c1"}, False),
        ({"why": "moved", "cart": "c2"}, False),
    ],
)
async def test_a_trigger_asks_its_where_and_its_key(world: World, closing: dict[str, Any], leaves: bool) -> None:
    entries = (Entry(trigger=on("Signed Up"), per="cart"),)
    await started(world, entries=entries, exits=(on("Account Closed", where=where(why="moved"), same="cart"),))
    await world.track("ann", "Account Closed", **closing)
    await world.route()
    assert await world.signals() == (["leave exit:account-closed"] if leaves else [])


async def test_an_exit_may_ask_about_the_customer(world: World) -> None:
    did = rule(did={"event": "Complained", "at_least": 2})
    await started(world, exits=(on("Complained", rule=did),))
    await world.track("ann", "Complained")
    await world.route()
    assert await world.signals() == []
    await world.track("ann", "Complained")
    await world.route()
    assert await world.signals() == ["leave exit:complained"]


async def test_the_event_that_starts_a_run_does_not_end_it(world: World) -> None:
    await world.publish(journey(exits=(on("Signed Up"),), goal=goal("Signed Up")))
    await world.track("ann", "Signed Up")
    await world.route()
    assert (await world.run())["status"] == "running"
    assert (await world.run())["converted_at"] is None


async def test_an_event_of_the_same_batch_ends_the_run_that_an_earlier_one_started(world: World) -> None:
    await world.publish(journey(exits=(on("Account Closed"),)))
    await world.track("ann", "Account Closed")
    await world.track("ann", "Signed Up")
    await world.track("ann", "Account Closed")
    await world.route()
    assert (await world.run())["leaving"] == "exit:account-closed"
    assert [(kind, number) for kind, number, _ in await world.commands()] == [("start", 1), ("signal", 2)]


@pytest.mark.parametrize("status", ["paused", "parked"])
async def test_exits_and_goals_take_effect_on_runs_that_are_held_up(world: World, status: str) -> None:
    await started(world, goal=goal("Ordered"))
    await world.run_sql("UPDATE run SET status = :status", status=status)
    await world.track("ann", "Ordered")
    await world.route()
    assert (await world.run())["status"] == "leaving"
    assert await world.signals() == ["leave goal"]


async def test_a_queued_run_ends_at_once_and_without_a_workflow(world: World) -> None:
    await started(world, goal=goal("Ordered"))
    await world.run_sql("UPDATE run SET status = 'queued', last_command = 0")
    await world.track("ann", "Ordered")
    await world.route()
    run = await world.run()
    assert (run["status"], run["ended_reason"]) == ("ended", "goal")
    assert run["ended_at"] is not None
    assert await world.commands() == []
    assert {"leave goal", "end goal"} < set(await world.decisions())


@pytest.mark.parametrize(("since", "converts"), [(timedelta(days=6), True), (timedelta(days=8), False)])
@pytest.mark.parametrize("status", ["running", "leaving", "ended"])
async def test_a_goal_counts_within_its_window_also_when_the_run_has_ended(
    world: World, status: str, since: timedelta, converts: bool
) -> None:
    await started(world, goal=goal("Ordered", within=timedelta(days=7), value="order.total"))
    await world.run_sql("UPDATE run SET status = :status, entered_at = entered_at - :since", status=status, since=since)
    await world.track("ann", "Ordered", order={"total": 99.5})
    await world.track("ann", "Ordered", order={"total": 1})
    await world.route()
    run = await world.run()
    assert (run["converted_at"] is not None) is converts
    assert run["conversion_value"] == (99.5 if converts else None)
    assert run["status"] == ("leaving" if status == "running" else status)
    assert (await world.decisions()).count("goal converted") == int(converts)


async def test_a_goal_of_an_older_version_still_counts(world: World) -> None:
    await started(world, goal=goal("Ordered"))
    await world.publish(journey(goal=goal("Booked")).model_copy(update={"version": 2}))
    await world.run_sql("UPDATE run SET status = 'ended'")
    await world.track("ann", "Booked")
    await world.route()
    assert (await world.run())["converted_at"] is None
    await world.track("ann", "Ordered")
    await world.route()
    assert (await world.run())["converted_at"] is not None


async def test_a_goal_at_the_very_end_of_its_window_counts(world: World) -> None:
    await started(world, goal=goal("Ordered", within=timedelta(days=7)))
    ordered = event("ann", name="Ordered")
    await world.run_sql("UPDATE run SET entered_at = :at", at=ordered.received_at - timedelta(days=7))
    await world.accept(ordered)
    await world.route()
    assert (await world.run())["converted_at"] == ordered.received_at


async def test_a_goal_is_worth_a_number_or_nothing(world: World) -> None:
    await world.publish(journey(goal=goal("Ordered", value="total")))
    totals: tuple[JsonValue, ...] = (99.5, "12.5", True, "much", {"eur": 1}, None)
    for number, total in enumerate(totals):
        await world.track(f"u{number}", "Signed Up")
        await world.track(f"u{number}", "Ordered", total=total)
    await world.route()
    assert [run["conversion_value"] for run in await world.runs()] == [99.5, 12.5, None, None, None, None]


@pytest.mark.parametrize(
    ("sent", "state", "converts"),
    [
        (timedelta(days=1), "handed_over", True),
        (timedelta(days=3), "handed_over", False),
        (timedelta(days=1), "refused", False),
        (None, "", False),
    ],
)
async def test_a_window_may_count_from_the_first_send(
    world: World, sent: timedelta | None, state: str, converts: bool
) -> None:
    run = await started(world, goal=goal("Ordered", within=timedelta(days=2), counts_from="first_send"))
    if sent is not None:
        await world.run_sql(
            "INSERT INTO message (id, customer_id, journey_id, version, run_id, step, visit, attempt, channel, purpose,"
            " template, template_version, locale, state, address, content_hash, claimed_at, lease_until,"
            " opens, clicks, machine_opens, machine_clicks, unknown_count)"
            " VALUES (gen_random_uuid(), :customer, 'hello', 1, :run, 's', 1, 1, 'email', 'marketing', 't', 1, '',"
            " :state, 'a', '', now() - CAST(:sent AS interval), now(), 0, 0, 0, 0, 0)",
            run=run["id"],
            customer=run["customer_id"],
            sent=sent,
            state=state,
        )
    await world.run_sql("UPDATE run SET entered_at = entered_at - interval '10 days'")
    await world.track("ann", "Ordered")
    await world.route()
    assert ((await world.run())["converted_at"] is not None) is converts
    assert (await world.run())["status"] == "leaving"


async def test_a_waiting_run_hears_what_it_listens_for(world: World) -> None:
    run = await started(world)
    await world.wait_for(run["id"], listen(events=("Page Viewed",), where=where(path="/pricing")))
    await world.track("ann", "Page Viewed", path="/home")
    await world.track("bob", "Page Viewed", path="/pricing")
    await world.track("ann", "Page Viewed", path="/pricing")
    await world.route()
    ((_, number, body),) = await world.commands()
    (heard,) = await world.rows(
        "SELECT id, position FROM event WHERE customer_id = :id AND properties ->> 'path' = '/pricing'",
        id=run["customer_id"],
    )
    assert (body["kind"], body["listen"], body["number"], number) == ("heard", "wait/0", 2, 2)
    assert (body["event"]["id"], body["event"]["position"]) == (str(heard["id"]), heard["position"])


async def test_what_it_listens_for_may_refer_to_the_run(world: World) -> None:
    run = await started(world, entries=(Entry(trigger=on("Signed Up"), per="cart"),))
    same = listen(events=("Ordered",), same="cart")
    reference = listen(events=("Rated",), where=where(cart={"eq": {"ref": "event.cart"}}))
    await world.wait_for(run["id"], same, reference)
    for name, cart in (("Ordered", "c2"), ("Rated", "c2"), ("Ordered", "c1"), ("Rated", "c1")):
        await world.track("ann", name, cart=cart)
    await world.route()
    assert await world.signals() == ["heard wait/0", "heard wait/0"]


async def test_a_rule_that_is_listened_for_is_asked_after_every_event(world: World) -> None:
    run = await started(world)
    await world.wait_for(run["id"], listen(kind="rule", rule=rule(plan="pro")))
    await world.track("ann", "Page Viewed")
    await world.route()
    assert await world.signals() == []
    await world.identify("ann", plan="pro")
    await world.route()
    assert await world.signals() == ["heard wait/0"]


async def test_a_reaction_wakes_the_run_whose_message_it_answers(world: World) -> None:
    run = await started(world)
    await world.wait_for(run["id"], listen(kind="reaction", events=("Message Clicked",), to="send-1", link="buy"))
    ours = {"run_id": str(run["id"]), "step": "send-1", "link": "buy"}
    for changed in ({"run_id": "another"}, {"step": "send-2"}, {"link": "home"}, {"machine": True}):
        await world.track("ann", "Message Clicked", **(ours | changed))
    await world.route()
    assert await world.signals() == []
    await world.track("ann", "Message Clicked", **ours, machine=False)
    await world.route()
    assert await world.signals() == ["heard wait/0"]


@pytest.mark.parametrize("status", ["paused", "leaving", "queued"])
async def test_runs_that_do_not_run_hear_nothing(world: World, status: str) -> None:
    run = await started(world)
    await world.wait_for(run["id"], listen(events=("Page Viewed",)))
    await world.run_sql("UPDATE run SET status = :status", status=status)
    await world.track("ann", "Page Viewed")
    await world.route()
    assert await world.signals() == []


async def test_a_run_that_is_parked_in_one_branch_hears_what_the_others_wait_for(world: World) -> None:
    run = await started(world)
    await world.wait_for(run["id"], listen(events=("Page Viewed",)))
    await world.run_sql("UPDATE run SET status = 'parked'")
    await world.track("ann", "Page Viewed")
    await world.route()
    assert await world.signals() == ["heard wait/0"]


async def test_an_exit_comes_before_what_is_heard(world: World) -> None:
    run = await started(world, exits=(on("Page Viewed"),))
    await world.wait_for(run["id"], listen(events=("Page Viewed",)))
    await world.track("ann", "Page Viewed")
    await world.route()
    assert await world.signals() == ["leave exit:page-viewed"]


async def test_commands_of_a_run_are_numbered_without_gaps(world: World) -> None:
    run = await started(world)
    await world.wait_for(run["id"], listen(events=("Page Viewed",)))
    for _ in range(3):
        await world.accept(event("ann", name="Page Viewed"), event("ann", name="Page Viewed"))
        await world.route()
    assert [number for _, number, _ in await world.commands()] == [2, 3, 4, 5, 6, 7]
    assert (await world.run())["last_command"] == 7
