"""Whose events they are: keys, links, aliases, shared devices."""

from uuid import uuid4

import pytest

from domain.events import EventName
from tests.routing.world import World, event


async def test_an_unknown_key_makes_a_customer_and_the_next_event_finds_them(world: World) -> None:
    await world.track("ann", "One")
    await world.route()
    await world.track("ann", "Two")
    await world.route()
    assert await world.events("ann") == ["One", "Two"]
    assert len(await world.rows("SELECT 1 FROM customer")) == 1


async def test_logging_in_makes_the_visitor_a_user(world: World) -> None:
    await world.track("?a1", "Page Viewed")
    await world.route()
    await world.identify("ann ?a1", email="ann@example.com")
    await world.route()
    assert await world.customer("ann") == await world.customer("?a1")
    assert await world.events("ann") == ["Page Viewed", "Identified"]


async def test_a_shared_device_does_not_merge_two_users(world: World) -> None:
    await world.identify("ann ?a1")
    await world.identify("bob ?a1")
    await world.route()
    assert await world.customer("ann") != await world.customer("bob")
    assert await world.customer("?a1") == await world.customer("ann")
    assert await world.events("bob") == ["Identified"]


async def test_logging_in_merges_what_the_visitor_did_into_the_known_user(world: World) -> None:
    await world.identify("ann", plan="pro", address={"city": "Rome"})
    await world.track("?a1", "Page Viewed")
    await world.accept(
        event("?a1", type="identify", traits={"plan": "free", "age": 7, "address": {"zip": "1", "city": "X"}})
    )
    await world.route()
    ann, visitor = await world.customer("ann"), await world.customer("?a1")
    await world.identify("ann ?a1")
    await world.route()
    assert await world.customer("?a1") == ann
    assert await world.attributes("ann") == {"plan": "pro", "age": 7, "address": {"city": "Rome", "zip": "1"}}
    assert (await world.events("ann"))[-2:] == [EventName.CUSTOMERS_MERGED, EventName.IDENTIFIED]
    assert set(await world.events("ann")) >= {"Page Viewed"}
    (loser,) = await world.rows("SELECT merged_into FROM customer WHERE id = :id", id=visitor)
    assert loser["merged_into"] == ann


async def test_an_alias_merges_two_known_users_into_the_older_one(world: World) -> None:
    await world.identify("old", name="O")
    await world.route()
    await world.identify("new", name="N")
    await world.route()
    older = await world.customer("old")
    await world.alias("old", "new")
    await world.route()
    assert await world.customer("new") == older == await world.customer("old")
    assert await world.attributes("new") == {"name": "O"}


async def test_an_alias_to_an_unknown_user_gives_the_visitor_that_id(world: World) -> None:
    await world.track("?a1", "Page Viewed")
    await world.alias("a1", "ann")
    await world.route()
    assert await world.events("ann") == ["Page Viewed", "Aliased"]


async def test_an_alias_of_an_id_nobody_has_leads_later_events_to_the_user(world: World) -> None:
    await world.alias("later", "ann")
    await world.track("?later", "Page Viewed")
    await world.track("later", "Signed Up")
    await world.route()
    assert await world.events("ann") == ["Aliased", "Page Viewed", "Signed Up"]


async def test_events_before_an_alias_in_the_same_batch_keep_their_order(world: World) -> None:
    await world.identify("ann")
    await world.track("?a1", "One")
    await world.route()
    await world.track("?a1", "Two")
    await world.alias("a1", "ann")
    await world.track("?a1", "Three")
    assert await world.route() == 3
    assert await world.events("ann") == ["Identified", "One", "Two", "Customers Merged", "Aliased", "Three"]


async def test_an_internal_event_finds_its_customer_also_after_a_merge(world: World) -> None:
    await world.identify("ann")
    await world.track("?a1", "One")
    await world.route()
    visitor = await world.customer("?a1")
    await world.identify("ann ?a1")
    await world.accept(event(f"customer_id:{visitor}", type="internal", name="Message Opened"))
    await world.route()
    assert (await world.events("ann"))[-1] == "Message Opened"


async def test_whoever_was_merged_twice_still_leads_to_the_one_who_is_left(world: World) -> None:
    people = ("one", "two", "three")
    for who in people:
        await world.identify(who)
        await world.route()
    one, two, three = [await world.customer(who) for who in people]
    for previous, who in (("three", "two"), ("two", "one")):
        await world.alias(previous, who)
        await world.route()
    await world.accept(event(f"customer_id:{three}", type="internal", name="Message Opened"))
    await world.route()
    assert (await world.events("one"))[-1] == "Message Opened"
    merged = await world.rows("SELECT id, merged_into FROM customer WHERE merged_into IS NOT NULL ORDER BY id")
    assert [tuple(row.values()) for row in merged] == [(two, one), (three, one)]


async def test_an_internal_event_of_somebody_who_is_gone_is_dropped(world: World) -> None:
    await world.accept(event(f"customer_id:{uuid4()}", type="internal", name="Message Opened"))
    await world.accept(event("customer_id:nonsense", type="internal", name="Message Opened"))
    assert await world.route() == 2
    assert await world.events() == []
    assert await world.rows("SELECT 1 FROM inbox") == []


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({"email": " Ann@Example.COM "}, {"email": "ann@example.com"}),
        ({"email": "no address"}, {"email": "no address"}),
        ({"phone": "(415) 555-2671"}, {"phone": "+14155552671"}),
        ({"phone": "soon"}, {"phone": "soon"}),
        ({"firstName": "Ann", "lastName": "Lee"}, {"first_name": "Ann", "last_name": "Lee"}),
        ({"firstName": "A", "first_name": "B"}, {"first_name": "B"}),
        ({"plan": None, "kept": 1}, {"kept": 1}),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 1, "d": 2}}}),
        ({"a": {"b": None}}, {"a": {}}),
        ({"timezone": "Nowhere"}, {"timezone": "Nowhere"}),
    ],
)
async def test_traits_are_merged_deeply_and_reserved_ones_normalised(
    world: World, traits: dict[str, object], expected: dict[str, object]
) -> None:
    await world.identify("ann", a={"b": {"d": 2}}, plan="x")
    await world.identify("ann", **traits)  # type: ignore[arg-type]
    await world.route()
    found = await world.attributes("ann")
    assert {name: found[name] for name in expected} == expected
    assert "plan" in found or "plan" in traits
    assert "firstName" not in found


async def test_a_group_stands_below_group_and_context_traits_are_the_persons(world: World) -> None:
    await world.accept(
        event("ann", type="group", name="Grouped", properties={"groupId": "acme"}, traits={"name": "Acme"})
    )
    await world.accept(event("ann", context={"traits": {"name": "Ann"}}))
    await world.route()
    assert await world.attributes("ann") == {"group": {"id": "acme", "name": "Acme"}, "name": "Ann"}


async def test_zone_and_locale_of_the_device_count_until_somebody_says_them(world: World) -> None:
    await world.accept(event("ann", context={"timezone": "Europe/Rome", "locale": "it_IT"}))
    await world.identify("bob", timezone="Asia/Tokyo")
    await world.accept(event("bob", context={"timezone": "Europe/Rome"}))
    await world.accept(event("eve", context={"timezone": "Mars/Olympus", "locale": 3}))
    await world.route()
    assert await world.attributes("ann") == {"timezone": "Europe/Rome", "locale": "it-IT"}
    assert await world.attributes("bob") == {"timezone": "Asia/Tokyo"}
    assert await world.attributes("eve") == {}


async def test_an_internal_event_whose_change_was_made_already_changes_nothing(world: World) -> None:
    await world.identify("ann", plan="pro")
    await world.route()
    ann = await world.customer("ann")
    changed = event(
        f"customer_id:{ann}", type="internal", name="Attributes Changed", traits={"plan": "free"}, applied=True
    )
    await world.accept(changed)
    await world.route()
    assert await world.attributes("ann") == {"plan": "pro"}
    assert await world.events("ann") == ["Identified", "Attributes Changed"]
