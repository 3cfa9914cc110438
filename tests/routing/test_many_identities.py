"""Nobody gets more ids than the account allows: what has no room stays apart, loses nothing, and the timeline says so."""

import pytest

from domain.account import Account
from domain.events import EventName
from store.journey import account as accounts
from store.journey.catalog import bump
from tests.routing.world import World

MOST = 10


@pytest.fixture(autouse=True)
async def limited(world: World) -> None:
    async with world.db.transaction() as tx:
        await accounts.save(tx, Account(max_identities=MOST))
        await bump(tx)


async def fill(world: World, who: str, *, count: int = MOST, prefix: str = "v") -> None:
    """Makes `who` known by so many ids."""
    for number in range(count - 1):
        await world.track(f"{who} ?{prefix}{number}", "Seen")
    await world.route()


async def know_also_by(world: World, who: str, count: int) -> None:
    """As if these had come before there was a limit."""
    await world.run_sql(
        "INSERT INTO identity (kind, value, customer_id)"
        " SELECT 'anonymous_id', 'x' || number, :customer FROM generate_series(1, :count) AS number",
        customer=await world.customer(who),
        count=count,
    )


async def identities(world: World, who: str) -> int:
    customer = await world.customer(who)
    found = await world.rows("SELECT count(*) FROM identity WHERE customer_id = :customer", customer=customer)
    count: int = found[0]["count"]
    return count


async def told(world: World) -> list[dict[str, object]]:
    query = "SELECT properties FROM event WHERE name = :name ORDER BY position"
    return [row["properties"] for row in await world.rows(query, name=EventName.IDENTITIES_REFUSED)]


async def test_an_id_too_many_is_told_once_and_its_events_are_applied(world: World) -> None:
    await fill(world, "ann")
    for _ in range(3):
        await world.track("ann ?more", "Ordered")
        await world.route()
    assert await identities(world, "ann") == MOST
    assert (await world.events("ann")).count("Ordered") == 3
    [said] = await told(world)
    assert said == {"because": "Ordered", "identities": ["anonymous_id:more"], "customers": [], "max_identities": MOST}


async def test_all_calls_of_one_batch_keep_the_limit(world: World) -> None:
    for number in range(2 * MOST):
        await world.track(f"ann ?v{number}", "Seen")
    await world.route()
    assert await identities(world, "ann") == MOST
    assert len(await told(world)) == MOST + 1


async def test_an_id_that_had_no_room_is_a_visitor_of_its_own(world: World) -> None:
    await fill(world, "ann")
    await world.track("ann ?more", "Ordered")
    await world.track("?more", "Seen")
    await world.route()
    assert await world.customer("?more") != await world.customer("ann")
    assert await world.events("?more") == ["Seen"]


async def test_two_customers_with_too_many_ids_together_stay_two(world: World) -> None:
    await fill(world, "ann", count=MOST // 2)
    await fill(world, "bob", count=MOST // 2, prefix="w")
    before = await world.customer("bob")
    await world.alias("bob", "ann")
    await world.route()
    assert await world.customer("bob") == before != await world.customer("ann")
    [said] = await told(world)
    assert said["customers"] == [str(before)]
    assert (await world.events("ann"))[-2:] == [EventName.ALIASED, EventName.IDENTITIES_REFUSED]


async def test_two_customers_who_just_have_room_become_one(world: World) -> None:
    """With the id of the one who is no more, which stays a way to the other."""
    await fill(world, "ann", count=MOST // 2)
    await fill(world, "bob", count=MOST // 2 - 1, prefix="w")
    await world.alias("bob", "ann")
    await world.route()
    assert await world.customer("bob") == await world.customer("ann")
    assert await identities(world, "ann") == MOST
    assert await told(world) == []


async def test_a_visitor_with_every_id_they_may_have_logs_in_as_a_new_customer(world: World) -> None:
    await world.track("?v", "Seen")
    await world.route()
    await know_also_by(world, "?v", MOST - 1)
    await world.track("ann ?v", "Ordered")
    await world.route()
    assert await world.events("ann") == ["Ordered", EventName.IDENTITIES_REFUSED]
    assert await identities(world, "?v") == MOST


async def test_a_customer_above_a_lowered_limit_keeps_their_ids(world: World) -> None:
    await fill(world, "ann")
    await know_also_by(world, "ann", 5)
    await world.track("ann ?v0", "Ordered")
    await world.track("?x3", "Ordered")
    await world.route()
    assert (await world.events("ann")).count("Ordered") == 2
    assert await identities(world, "ann") == MOST + 5
    assert await told(world) == []
