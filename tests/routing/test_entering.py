"""Who enters, who does not, and what is logged about it (semantics 4 to 8)."""

from datetime import timedelta
from typing import Any

import pytest

from domain.durations import Rate
from domain.events import MAX_DEPTH, AcceptedEvent
from domain.program import Entry
from tests.routing.world import World, event, journey, on, rule, where


def entry(**fields: Any) -> tuple[Entry, ...]:
    """One entry by `Signed Up`; `where` and `rule` belong to its trigger."""
    conditions = {name: fields.pop(name) for name in ("where", "rule") if name in fields}
    return (Entry(trigger=on("Signed Up", **conditions), **fields),)


async def test_an_event_starts_a_run_of_the_live_version(world: World) -> None:
    await world.publish(journey())
    await world.publish(journey().model_copy(update={"version": 2}))
    await world.track("ann", "Signed Up", plan="pro")
    await world.track("ann", "Something Else")
    await world.route()
    run = await world.run()
    assert (run["version"], run["status"], run["key"], run["ghost"], run["depth"]) == (2, "running", "", False, 1)
    assert run["entry"]["properties"] == {"plan": "pro"}
    assert run["entry"]["position"] == run["heard"]
    assert set(run["entry"]) == {"event_id", "name", "properties", "timestamp", "position", "accepted_at"}
    assert await world.commands() == [("start", 1, {})]
    assert await world.decisions() == ["entry entered"]


async def test_an_archived_journey_starts_nothing(world: World) -> None:
    await world.publish(journey())
    await world.run_sql("UPDATE journey SET status = 'archived'")
    await world.run_sql("UPDATE catalog SET revision = revision + 1")
    await world.track("ann", "Signed Up")
    await world.route()
    assert await world.runs() == []


@pytest.mark.parametrize(
    ("entries", "arriving", "outcome"),
    [
        (entry(where=where(plan="pro")), event("ann", properties={"plan": "free"}), "filter"),
        (entry(rule=rule(plan="pro")), event("ann"), "rule"),
        (entry(), event("ann", ago=timedelta(hours=25)), "too_late"),
        (entry(max_age=timedelta(minutes=5)), event("ann", ago=timedelta(minutes=6)), "too_late"),
        (entry(), event("ann", depth=MAX_DEPTH + 1), "depth"),
        (entry(per="cart_id"), event("ann"), "filter"),
        (entry(each="items"), event("ann", properties={"items": []}), "filter"),
    ],
)
async def test_a_near_miss_is_logged_with_its_reason(
    world: World, entries: tuple[Entry, ...], arriving: AcceptedEvent, outcome: str
) -> None:
    await world.publish(journey(entries=entries))
    await world.accept(arriving)
    await world.route()
    assert await world.runs() == []
    (miss,) = await world.rows("SELECT * FROM decision")
    assert (miss["kind"], miss["outcome"], miss["run_id"], miss["version"]) == ("near_miss", outcome, None, 1)
    assert miss["detail"]["why"]
    assert miss["detail"]["event"] == "Signed Up"


async def test_a_near_miss_names_the_values_that_decided(world: World) -> None:
    await world.publish(journey(entries=entry(where=where(plan="pro"))))
    await world.track("ann", "Signed Up", plan="free")
    await world.route()
    (miss,) = await world.rows("SELECT detail FROM decision")
    assert miss["detail"]["values"] == {"plan": "free"}


@pytest.mark.parametrize("depth", [0, MAX_DEPTH])
async def test_an_event_that_is_just_young_and_shallow_enough_enters(world: World, depth: int) -> None:
    await world.publish(journey())
    await world.accept(event("ann", ago=timedelta(hours=23), depth=depth))
    await world.route()
    assert (await world.run())["depth"] == depth + 1


async def test_a_rule_sees_the_customer_right_after_the_event_and_not_later(world: World) -> None:
    """Read your writes (semantics 4), also within one batch."""
    known = on("Identified", rule=rule(plan="pro"))
    await world.publish(journey("pro", entries=(Entry(trigger=known, again="always"),)))
    twice = on("Ordered", rule=rule(did={"event": "Ordered", "at_least": 2}))
    await world.publish(journey("loyal", entries=(Entry(trigger=twice, again="always"),)))
    await world.identify("ann", plan="free")
    await world.identify("ann", plan="pro")
    await world.identify("ann", plan="free")
    await world.track("ann", "Ordered", number=1)
    await world.track("ann", "Ordered", number=2)
    await world.route()
    pro, loyal = await world.runs()
    assert pro["entry"]["properties"] == {"plan": "pro"}
    assert loyal["entry"]["properties"] == {"number": 2}


async def test_a_rule_sees_the_customers_score(world: World) -> None:
    await world.publish(journey(entries=entry(rule=rule(score={"gte": 10}))))
    await world.identify("ann", plan="pro")
    await world.route()
    await world.run_sql("UPDATE customer SET score = 10")
    await world.track("ann", "Signed Up")
    await world.track("bob", "Signed Up")
    await world.route()
    assert (await world.run())["customer_id"] == await world.customer("ann")


async def end_runs(world: World, ago: timedelta = timedelta(0)) -> None:
    await world.run_sql(
        "UPDATE run SET status = 'ended', ended_reason = 'finished', entered_at = entered_at - :ago", ago=ago
    )


@pytest.mark.parametrize(
    ("again", "since", "runs"),
    [
        ("never", timedelta(days=900), 1),
        ("after_end", timedelta(0), 2),
        (timedelta(days=30), timedelta(days=29), 1),
        (timedelta(days=30), timedelta(days=31), 2),
        ("always", timedelta(0), 2),
    ],
)
async def test_re_entry_after_the_end(world: World, again: Any, since: timedelta, runs: int) -> None:
    await world.publish(journey(entries=entry(again=again)))
    await world.track("ann", "Signed Up")
    await world.route()
    await end_runs(world, since)
    await world.track("ann", "Signed Up")
    await world.route()
    assert len(await world.runs()) == runs
    assert ("near_miss again" in await world.decisions()) is (runs == 1)


async def test_re_entry_after_a_time_counts_from_the_last_entry(world: World) -> None:
    await world.publish(journey(entries=entry(again=timedelta(days=30))))
    for ago in (31, 10, 0):
        await world.track("ann", "Signed Up")
        await world.route()
        await end_runs(world, timedelta(days=ago))
    assert len(await world.runs()) == 2


@pytest.mark.parametrize(("again", "runs"), [("never", 1), ("after_end", 1), (timedelta(days=1), 1), ("always", 2)])
async def test_a_trigger_during_a_run_is_ignored_unless_runs_may_go_side_by_side(
    world: World, again: Any, runs: int
) -> None:
    await world.publish(journey(entries=entry(again=again)))
    await world.track("ann", "Signed Up")
    await world.track("ann", "Signed Up")
    await world.track("bob", "Signed Up")
    await world.route()
    assert len(await world.runs()) == runs + 1
    assert ("near_miss repeat" in await world.decisions()) is (runs == 1)


async def test_a_run_that_is_leaving_is_over_for_re_entry(world: World) -> None:
    await world.publish(journey())
    await world.track("ann", "Signed Up")
    await world.route()
    await world.run_sql("UPDATE run SET status = 'leaving', leaving = 'goal'")
    await world.track("ann", "Signed Up")
    await world.route()
    assert len(await world.runs()) == 2


async def test_re_entry_counts_per_customer_and_key(world: World) -> None:
    await world.publish(journey(entries=entry(per="cart.id", again="never")))
    for who, cart in (("ann", 1), ("ann", 1), ("ann", 2), ("bob", 1)):
        await world.track(who, "Signed Up", cart={"id": cart})
    await world.route()
    assert sorted(run["key"] for run in await world.runs()) == ["1", "1", "2"]


@pytest.mark.parametrize(("status", "signals"), [("running", ["refreshed"]), ("paused", ["refreshed"]), ("queued", [])])
async def test_refresh_replaces_the_event_that_started_the_run(world: World, status: str, signals: list[str]) -> None:
    await world.publish(journey(entries=entry(again="never", on_repeat="refresh")))
    await world.track("ann", "Signed Up", n=1)
    await world.route()
    await world.run_sql("UPDATE run SET status = :status", status=status)
    await world.track("ann", "Signed Up", n=2)
    await world.route()
    run = await world.run()
    assert run["entry"]["properties"] == {"n": 2}
    assert run["status"] == status
    assert await world.signals() == signals
    assert await world.decisions() == ["entry entered", "repeat refreshed"]


async def test_restart_ends_the_run_and_starts_another(world: World) -> None:
    await world.publish(journey(entries=entry(again="never", on_repeat="restart")))
    await world.track("ann", "Signed Up", n=1)
    await world.track("ann", "Signed Up", n=2)
    await world.route()
    old, new = await world.runs()
    assert (old["status"], old["leaving"], new["status"]) == ("leaving", "stopped:restart", "running")
    assert [(kind, number) for kind, number, _ in await world.commands()] == [("start", 1), ("signal", 2), ("start", 1)]
    assert await world.signals() == ["leave stopped:restart"]


async def test_each_element_has_a_run_and_they_share_one_decision(world: World) -> None:
    await world.publish(journey(entries=entry(each="items")))
    await world.track("ann", "Signed Up", items=[{"sku": "a"}, {"sku": "b"}, "c"])
    await world.track("ann", "Signed Up", items=["again"])
    await world.route()
    assert sorted(str(run["entry"]["item"]) for run in await world.runs()) == ["c", "{'sku': 'a'}", "{'sku': 'b'}"]
    assert (await world.decisions()).count("near_miss repeat") == 1


async def test_the_first_way_in_that_fits_counts_and_other_refusals_are_not_news(world: World) -> None:
    pro, any_plan = on("Signed Up", where=where(plan="pro")), on("Signed Up")
    await world.publish(journey(entries=(Entry(trigger=pro), Entry(trigger=any_plan), Entry(trigger=any_plan))))
    await world.track("ann", "Signed Up", plan="free")
    await world.route()
    assert len(await world.runs()) == 1
    assert await world.decisions() == ["entry entered"]


async def test_the_same_customers_are_held_out_and_walk_as_ghosts(world: World) -> None:
    await world.publish(journey(entries=entry(holdout=0.5, again="always")))
    for number in range(40):
        await world.track(f"u{number}", "Signed Up")
    await world.route()
    first = {run["customer_id"]: run["ghost"] for run in await world.runs()}
    for number in range(40):
        await world.track(f"u{number}", "Signed Up")
    await world.route()
    assert {run["customer_id"]: run["ghost"] for run in await world.runs()} == first
    assert 5 < sum(first.values()) < 35
    assert (await world.decisions()).count("entry held_out") == 2 * sum(first.values())


async def test_another_journey_holds_out_other_people(world: World) -> None:
    for name in ("one", "other"):
        await world.publish(journey(name, entries=entry(holdout=0.5)))
    for number in range(40):
        await world.track(f"u{number}", "Signed Up")
    await world.route()
    ghosts = [(run["journey_id"], run["customer_id"]) for run in await world.runs() if run["ghost"]]
    one, other = ({customer for name, customer in ghosts if name == wanted} for wanted in ("one", "other"))
    assert one != other
    assert one & other


async def test_time_scale_is_kept_in_the_run_and_divides_what_re_entry_counts(db: Any) -> None:
    world = World(db, time_scale=86_400)
    await world.publish(journey(entries=entry(again=timedelta(days=1))))
    await world.track("ann", "Signed Up")
    await world.route()
    await end_runs(world, timedelta(seconds=2))
    await world.track("ann", "Signed Up")
    await world.route()
    assert [run["time_scale"] for run in await world.runs()] == [86_400, 86_400]


async def test_a_machines_click_starts_and_wakes_nobody(world: World) -> None:
    await world.publish(journey(event="Message Clicked"))
    await world.track("ann", "Message Clicked", machine=True)
    await world.route()
    assert await world.runs() == []
    assert await world.events("ann") == ["Message Clicked"]
    await world.track("ann", "Message Clicked", machine=False)
    await world.route()
    assert len(await world.runs()) == 1


async def test_who_may_enter_once_does_not_enter_twice_in_one_batch(world: World) -> None:
    """The first run is over already when the second event comes: it stood in the queue and met an exit."""
    intake = Rate(count=1, per=timedelta(hours=1))
    await world.publish(journey(entries=entry(again="never", intake=intake), exits=(on("Account Closed"),)))
    for name in ("Signed Up", "Account Closed", "Signed Up"):
        await world.track("ann", name)
    await world.route()
    assert (await world.run())["status"] == "ended"
    assert "near_miss again" in await world.decisions()
