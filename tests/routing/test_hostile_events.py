"""Events that a write key of a page lets through and that no index, clock or number may choke on."""

import secrets
from datetime import timedelta
from typing import Any

import pytest

from domain.program import Entry, Goal
from routing.router import Unroutable
from tests.routing.world import World, event, journey, on

LONG = secrets.token_hex(15_000)

TRAITS: dict[str, Any] = {
    "a long address": {"email": LONG + "@shop.test"},
    "a long number": {"phone": "+" + LONG},
    "a long zone": {"timezone": LONG},
    "an address of objects": {"email": {"a": [LONG]}},
    "a number": {"email": 1e308, "phone": -(2**63)},
    "tags that are none": {"tags": {"a": 1}},
    "a name of a column": {"id": "x", "attributes": {"id": LONG}, "customer_id": None},
    "names that are long": {LONG: LONG},
    "names that are operators": {"$": 1, "a.b": 2, "": 3, "customer": {"id": 1}, "{}": 4},
}


@pytest.mark.parametrize("name", TRAITS)
async def test_odd_traits_are_applied(world: World, name: str) -> None:
    await world.identify("ann", **TRAITS[name])
    assert await world.route() == 1


KEYS: dict[str, Any] = {
    "long": LONG,
    "a number without end": 1e308,
    "a text with everything": "".join(map(chr, range(1, 256))),
    "no text": [1],
    "empty": "",
    "true": True,
}


@pytest.mark.parametrize("name", KEYS)
async def test_odd_keys_of_entries_are_applied(world: World, name: str) -> None:
    await world.publish(journey(entries=(Entry(trigger=on("Signed Up"), per="cart"),)))
    await world.track("ann", "Signed Up", cart=KEYS[name])
    assert await world.route() == 1


async def test_a_key_that_is_too_long_is_a_near_miss(world: World) -> None:
    await world.publish(journey(entries=(Entry(trigger=on("Signed Up"), per="cart"),)))
    await world.track("ann", "Signed Up", cart=LONG)
    await world.route()
    assert await world.decisions() == ["near_miss filter"]


@pytest.mark.parametrize(("count", "runs"), [(1_000, 1_000), (1_001, 0)])
async def test_one_event_starts_a_thousand_runs_at_most(world: World, count: int, runs: int) -> None:
    await world.publish(journey(entries=(Entry(trigger=on("Signed Up"), each="items"),)))
    await world.track("ann", "Signed Up", items=[1] * count)
    await world.route()
    assert len(await world.runs()) == runs


@pytest.mark.parametrize("value", ["inf", "nan", "-1e999", "9" * 5_000, 1e308, 2**64 - 1, "1_0", "٣"])
async def test_an_odd_value_of_a_goal_is_applied(world: World, value: str | float) -> None:
    await world.publish(journey(goal=Goal(triggers=(on("Ordered"),), value="total")))
    await world.track("ann", "Signed Up")
    await world.track("ann", "Ordered", total=value)
    assert await world.route() == 2
    assert "goal converted" in await world.decisions()


@pytest.mark.parametrize("days", [400_000, 738_000])
async def test_an_event_of_antiquity_is_applied(world: World, days: int) -> None:
    await world.accept(event("ann", ago=timedelta(days=days)))
    assert await world.route() == 1


async def test_an_event_that_cannot_be_stored_stops_nobody_else(world: World) -> None:
    """Whatever the next such limit of PostgreSQL is: its rows are to blame, the database is not away."""
    await world.run_sql("CREATE INDEX small ON event (md5(properties::text), (properties ->> 'word'))")
    await world.track("ann", "Signed Up", word=LONG)
    with pytest.raises(Unroutable):
        await world.route()
