"""Parked runs: park, fix, and go on; nobody is dropped and nobody gets anything twice."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from tests.fixtures.world import World
from tests.operating.conftest import Operator

RENEWAL = """
journey: renewal
entry: {event: Begun, again: always}
exit: [{event: Closed, id: closed}]
steps:
  - {id: reminder, send: email/broken}
  - {id: bye, send: email/bye}
"""
BROKEN, MENDED = "{{ customer.plan_name }}", "{{ customer.plan_name | default: 'free' }}"


async def parked(world: World, operator: Operator, count: int, journey: str = RENEWAL) -> list[str]:
    """Names of so many people whose runs are parked by a template that cannot be rendered."""
    await world.template("broken", BROKEN)
    await world.template("bye")
    await world.publish(journey)
    names = [f"p{number}" for number in range(count)]
    await operator.begin(*names)
    await world.run_in("renewal", "parked", count)
    return names


async def test_thirty_parked_runs_are_listed_mended_and_get_exactly_one_mail_each(
    world: World, operator: Operator
) -> None:
    names = await parked(world, operator, 30)
    (group,) = (await operator.get("/v1/parked"))["items"]
    assert (group["step"], group["code"], group["runs"]) == ("reminder", "template_variable_missing", 30)
    assert "plan_name" in group["why"]
    assert "default" in group["remedy"]
    await world.template("broken", MENDED)
    plan = await operator.post("/v1/parked/retry/plan", journey="renewal")
    assert plan["reckoned"] == [{"verdict": "retry", "runs": 30, "why": ""}]
    made = await operator.post("/v1/parked/retry", journey="renewal", reason="has a default now")
    done = await operator.operation_in(made["id"], "done")
    assert (done["total"], done["done"], done["skipped"], done["failed"]) == (30, 30, 0, 0)
    await world.run_in("renewal", "ended", 30)
    for name in names:
        states = [(one["step"], one["state"]) for one in await world.messages(name)]
        assert states == [("reminder", "handed_over"), ("bye", "handed_over")]
        assert await operator.mails(name) == 2


async def test_a_skipped_step_is_left_out_and_the_next_one_is_done(world: World, operator: Operator) -> None:
    await parked(world, operator, 2)
    made = await operator.post("/v1/parked/skip", step="reminder")
    await operator.operation_in(made["id"], "done")
    await world.run_in("renewal", "ended", 2)
    assert [one["step"] for one in await world.messages("p0")] == ["bye"]
    told = [line["title"] for line in await world.timeline("p0", "decision")]
    assert "operator: skipped_step" in told


async def test_some_are_ended_and_the_others_stay_parked(world: World, operator: Operator) -> None:
    await parked(world, operator, 3)
    made = await operator.post("/v1/parked/end", journey="renewal", limit=1)
    await operator.operation_in(made["id"], "done")
    ended = await world.run_in("renewal", "ended")
    assert ended["ended_reason"].startswith("stopped:")
    assert len(await world.runs("renewal", status="parked")) == 2
    assert (await operator.get("/v1/parked"))["items"][0]["runs"] == 2


async def test_what_is_too_late_by_its_own_deadline_is_left_out_when_it_is_tried_again(
    world: World, operator: Operator
) -> None:
    """A reminder that made sense for an hour is not sent two days later, unless somebody says so."""
    journey = RENEWAL.replace("send: email/broken", "send: {channel: email, template: broken, deadline: 4s}")
    await parked(world, operator, 2, journey)
    await world.template("broken", MENDED)

    async def both_are_late() -> bool:
        plan = await operator.post("/v1/parked/retry/plan")
        return [one["runs"] for one in plan["reckoned"] if "Its deadline was over at" in one["why"]] == [2]

    await world.until(both_are_late, "plan in which both are too late")
    first, second = await world.runs("renewal")
    made = await operator.post("/v1/parked/retry", runs=[first["id"]])
    await operator.operation_in(made["id"], "done")
    made = await operator.post("/v1/parked/retry", runs=[second["id"]], stale="retry")
    await operator.operation_in(made["id"], "done")
    await world.run_in("renewal", "ended", 2)
    sent = {run["id"]: [one["step"] for one in await messages_of(world, run)] for run in (first, second)}
    assert sent == {first["id"]: ["bye"], second["id"]: ["reminder", "bye"]}


async def test_a_reminder_of_what_is_over_is_not_sent(world: World, operator: Operator) -> None:
    journey = RENEWAL.replace(
        "  - {id: reminder",
        "  - {id: before, wait: {until: event.starts_at, offset: -3d, if_past: continue}}\n  - {id: reminder",
    )
    await world.template("broken", BROKEN)
    await world.template("bye")
    await world.publish(journey)
    soon, over = datetime.now(UTC) + timedelta(days=2), datetime.now(UTC) + timedelta(seconds=1)
    await operator.begin("soon", starts_at=soon.isoformat())
    await operator.begin("over", starts_at=over.isoformat())
    await world.run_in("renewal", "parked", 2)
    await world.template("broken", MENDED)

    async def one_is_over() -> bool:
        plan = await operator.post("/v1/parked/retry/plan")
        return sorted(one["verdict"] for one in plan["reckoned"]) == ["retry", "skip"]

    await world.until(one_is_over, "reminder that is over")
    made = await operator.post("/v1/parked/retry")
    await operator.operation_in(made["id"], "done")
    await world.run_in("renewal", "ended", 2)
    assert [one["step"] for one in await world.messages("soon")] == ["reminder", "bye"]
    assert [one["step"] for one in await world.messages("over")] == ["bye"]
    notes = [item["note"] for item in await operator.items(made["id"]) if item["note"]]
    assert len(notes) == 1
    assert "It was to come before" in notes[0]


async def test_what_wants_a_person_is_left_alone_and_listed_with_the_reason(world: World, operator: Operator) -> None:
    journey = RENEWAL.replace(
        "send: email/broken", "send: {channel: email, template: broken, deadline: 1h, if_late: park}"
    )
    await parked(world, operator, 1, journey)
    await a_while_ago(world, timedelta(days=2))
    made = await operator.post("/v1/parked/retry")
    done = await operator.operation_in(made["id"], "done")
    assert (done["done"], done["skipped"]) == (0, 1)
    (item,) = await operator.items(made["id"], outcome="skipped")
    assert "if_late: park" in item["note"]
    assert len(await world.runs("renewal", status="parked")) == 1


async def test_an_exit_during_the_repair_wins_and_is_listed(world: World, operator: Operator) -> None:
    names = await parked(world, operator, 2)
    await world.stop_worker()
    made = await operator.post("/v1/parked/retry")
    await world.track(names[0], "Closed")
    world.start_worker()
    await operator.operation_in(made["id"], "done")
    await world.run_in("renewal", "ended")
    assert await world.messages(names[0]) == []


async def test_nothing_parked_is_said_so(operator: Operator) -> None:
    assert await operator.refusal("/v1/parked/retry") == (409, "nothing_parked")
    assert await operator.refusal("/v1/parked/skip", stale="end") == (422, "not_a_retry")
    assert (await operator.refusal("/v1/parked/drop"))[0] == 422


async def messages_of(world: World, run: dict[str, str]) -> list[dict[str, str]]:
    answer = await world.admin.get("/v1/messages", params={"customer": run["customer_id"]})
    messages: list[dict[str, str]] = answer.json()["items"]
    return messages[::-1]


async def a_while_ago(world: World, span: timedelta) -> None:
    """As if the runs had been parked so long ago: the row is what an operation judges by."""
    moment = (datetime.now(UTC) - span).isoformat()
    async with world.db.transaction() as tx:
        await tx.execute(
            text(
                "UPDATE run SET state = jsonb_set(state, '{entered,at}', to_jsonb(CAST(:at AS text))),"
                " parked = jsonb_set(parked, '{at}', to_jsonb(CAST(:at AS text)))"
            ),
            {"at": moment},
        )
