"""Numbers beyond 64 bits are accepted as doubles, and stay doubles on the way through PostgreSQL."""

import pytest

from tests.fixtures.world import World

LARGE = ["123456789012345678901234567890", "1e29", "18446744073709551615", "-9223372036854775809", "1e300"]


@pytest.mark.parametrize("number", LARGE)
async def test_an_event_with_a_large_number_is_applied(world: World, number: str) -> None:
    for trait in ("size", "weight"):
        body = f'{{"userId": "ada", "traits": {{"{trait}": {number}}}}}'
        assert (await world.shop.post("/v1/identify", content=body)).is_success
    await world.events("ada", "Identified", 2)
    attributes = (await world.customer("ada"))["attributes"]
    assert (attributes["size"], attributes["weight"]) == (pytest.approx(float(number)), pytest.approx(float(number)))


async def test_a_broken_call_of_a_batch_does_not_change_how_the_others_are_read(world: World) -> None:
    broken = '{"type": "track", "userId": "eve", "event": "A", "properties": {"x": NaN}}'
    good = f'{{"type": "identify", "userId": "ada", "traits": {{"size": {LARGE[0]}}}}}'
    answer = await world.shop.post("/v1/batch", content=f'{{"batch": [{broken}, {good}]}}')
    assert answer.json()["accepted"] == 1
    await world.events("ada", "Identified")
