"""People who are entered by request: what they bring, and what is missing."""

from typing import Any

import pytest

from domain.program import Entry
from tests.routing.world import World, event, journey, on, where


async def test_a_manual_entry_brings_data_and_inputs(world: World) -> None:
    inputs = {"starts_at": "datetime", "seats": "number"}
    await world.publish(
        journey(
            entries=(Entry(trigger=on("x", where=where(vip=True)).model_copy(update={"events": ()}), manual=True),),
            inputs=inputs,
        )
    )
    brought = {"journey": "hello", "inputs": {"starts_at": "2026-12-24T09:00:00Z", "seats": 2}, "data": {"vip": True}}
    await world.accept(event("ann", type="internal", name="Entry Requested", properties=brought))
    await world.route()
    run = await world.run()
    assert run["entry"]["properties"] == {"vip": True}
    assert run["gathered"] == run["entry"]["inputs"] == brought["inputs"]


@pytest.mark.parametrize(
    ("wanted", "outcome"),
    [
        ({"journey": "hello", "inputs": {}}, "inputs"),
        ({"journey": "hello", "inputs": {"seats": "two"}}, "inputs"),
        ({"journey": "hello", "inputs": {"seats": True}}, "inputs"),
        ({"journey": "no-such", "inputs": {"seats": 2}}, "filter"),
        ({"journey": "by-event", "inputs": {"seats": 2}}, "filter"),
    ],
)
async def test_a_manual_entry_that_cannot_be_is_a_near_miss(world: World, wanted: dict[str, Any], outcome: str) -> None:
    await world.publish(
        journey(
            entries=(Entry(trigger=on("x").model_copy(update={"events": ()}), manual=True),), inputs={"seats": "number"}
        )
    )
    await world.publish(journey("by-event"))
    await world.accept(event("ann", type="internal", name="Entry Requested", properties=wanted))
    await world.route()
    assert await world.runs() == []
    assert await world.decisions() == [f"near_miss {outcome}"]
