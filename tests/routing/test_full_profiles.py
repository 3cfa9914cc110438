"""A profile does not grow without end: what has no room is left out, stays in its event, and the timeline says so."""

from domain.account import Account
from domain.events import EventName
from store.journey import account as accounts
from store.journey.catalog import bump
from tests.routing.world import World

SMALL = Account(max_attributes=20, max_profile_kb=8)
MANY = {f"a{number:02}": number for number in range(20)}


async def limit(world: World) -> None:
    async with world.db.transaction() as tx:
        await accounts.save(tx, SMALL)
        await bump(tx)


async def test_what_has_no_room_is_left_out_and_told(world: World) -> None:
    await limit(world)
    await world.identify("ann", **MANY)
    await world.identify("ann", a00="new", more=1, again={"deep": 2})
    await world.route()
    assert await world.attributes("ann") == {**MANY, "a00": "new"}
    assert await world.events("ann") == [EventName.IDENTIFIED, EventName.IDENTIFIED, EventName.ATTRIBUTES_REFUSED]
    told, said = await world.rows("SELECT properties FROM event ORDER BY position DESC LIMIT 2")
    assert told["properties"]["attributes"] == ["more", "again"]
    assert told["properties"]["because"] == EventName.IDENTIFIED
    assert said["properties"]["more"] == 1


async def test_two_profiles_that_become_one_keep_the_survivors_attributes(world: World) -> None:
    await limit(world)
    await world.identify("ann", **MANY)
    await world.identify("?a1", a00="other", more=1)
    await world.route()
    await world.identify("ann ?a1")
    await world.route()
    assert await world.attributes("ann") == MANY
    assert EventName.ATTRIBUTES_REFUSED in await world.events("ann")
    (loser,) = await world.rows("SELECT attributes FROM customer WHERE merged_into IS NOT NULL")
    assert loser["attributes"] == {"a00": "other", "more": 1}
