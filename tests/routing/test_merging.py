"""Two customers become one: what moves, what wins, and which of two runs goes on (semantics 25)."""

from typing import Any

import pytest

from domain.program import Entry
from store.customer import customer_rows, merging
from tests.routing.world import World, journey, on


async def two_people_in(world: World, **fields: Any) -> None:
    """Ann and a visitor who turns out to be Ann, both under way; Ann entered first."""
    await world.publish(journey(**fields))
    for who in ("ann", "?a1"):
        await world.track(who, "Signed Up", cart="c1")
        await world.route()
    await world.run_sql("DELETE FROM command")


@pytest.mark.parametrize(
    ("on_merge", "stopped"), [("keep_oldest", ["?a1"]), ("keep_newest", ["ann"]), ("keep_both", [])]
)
async def test_of_two_runs_that_collide_one_goes_on(world: World, on_merge: str, stopped: list[str]) -> None:
    await two_people_in(world, on_merge=on_merge)
    entered = {who: await world.customer(who) for who in ("ann", "?a1")}
    owners = {run["id"]: run["customer_id"] for run in await world.runs()}
    await world.identify("ann ?a1")
    await world.route()
    runs = await world.runs()
    assert {run["customer_id"] for run in runs} == {entered["ann"]}
    leaving = [run for run in runs if run["status"] == "leaving"]
    assert [owners[run["id"]] for run in leaving] == [entered[who] for who in stopped]
    assert {run["leaving"] for run in leaving} <= {"stopped:merge"}
    assert await world.signals() == ["leave stopped:merge"] * len(stopped)


async def test_runs_with_different_keys_do_not_collide(world: World) -> None:
    await world.publish(journey(entries=(Entry(trigger=on("Signed Up"), per="cart"),)))
    await world.track("ann", "Signed Up", cart="c1")
    await world.track("?a1", "Signed Up", cart="c2")
    await world.route()
    await world.identify("ann ?a1")
    await world.route()
    assert [run["status"] for run in await world.runs()] == ["running", "running"]


async def test_a_queued_run_that_loses_ends_at_once(world: World) -> None:
    await two_people_in(world)
    await world.run_sql("UPDATE run SET status = 'queued', last_command = 0")
    await world.identify("ann ?a1")
    await world.route()
    assert sorted((run["status"], run["ended_reason"]) for run in await world.runs() if run["ended_reason"]) == [
        ("ended", "stopped:merge")
    ]
    assert await world.commands() == []


async def test_everything_that_belonged_to_the_loser_belongs_to_the_survivor(world: World) -> None:
    await two_people_in(world, on_merge="keep_both")
    ann, visitor = await world.customer("ann"), await world.customer("?a1")
    await world.run_sql("UPDATE customer SET score = 5 WHERE id = :ann", ann=ann)
    await world.run_sql("UPDATE customer SET score = 7 WHERE id = :visitor", visitor=visitor)
    await world.run_sql(
        "INSERT INTO consent (id, customer_id, channel, granted, source, at)"
        " VALUES (gen_random_uuid(), :id, 'sms', true, '', now())",
        id=visitor,
    )
    await world.run_sql(
        "INSERT INTO score_entry (id, customer_id, at, change, value) VALUES (gen_random_uuid(), :id, now(), 7, 7)",
        id=visitor,
    )
    await world.identify("ann ?a1")
    await world.route()
    for table in ("event", "run", "decision", "consent", "score_entry", "identity"):
        found = await world.rows(f"SELECT customer_id FROM {table}")
        assert {row["customer_id"] for row in found} == {ann}, table
    (survivor,) = await world.rows("SELECT score, position FROM customer WHERE id = :id", id=ann)
    assert survivor["score"] == 12
    async with world.db.transaction() as tx:
        record = await customer_rows.find(tx, ann)
    former = [one.value for one in record.identities if one.kind == "customer_id"] if record else []
    assert former == [str(visitor)], "Temporal knows runs that the visitor began by this id"
    assert survivor["position"] == (await world.rows("SELECT max(position) AS last FROM event"))[0]["last"]


async def test_no_table_with_rows_of_a_customer_is_left_out(world: World) -> None:
    found = await world.rows(
        "SELECT table_name AS name FROM information_schema.columns JOIN pg_class ON relname = table_name"
        " WHERE table_schema = 'public' AND column_name = 'customer_id' AND NOT relispartition"
    )
    assert {row["name"] for row in found} == set(merging.OWNED)


async def test_the_merge_is_told_right_before_the_event_that_caused_it_and_can_start_a_journey(world: World) -> None:
    await two_people_in(world)
    await world.publish(journey("merged", event="Customers Merged"))
    visitor = await world.customer("?a1")
    await world.identify("ann ?a1")
    await world.route()
    assert (await world.events("ann"))[-2:] == ["Customers Merged", "Identified"]
    (run,) = [run for run in await world.runs() if run["journey_id"] == "merged"]
    assert run["entry"]["properties"] == {
        "survivor": str(await world.customer("ann")),
        "merged": str(visitor),
        "because": "Identified",
    }
