"""The dry run lists everybody or nobody, and sums up all of them."""

import pytest

from domain.errors import InvalidInput
from routing.bulk import forecasting
from tests.routing.world import World, journey


async def test_a_list_of_people_is_whole_or_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    old = journey()
    await world.publish(old)
    for user in ("ann", "ben", "cyd"):
        await world.track(user, "Signed Up")
    await world.route()
    new = old.model_copy(update={"version": 2})
    monkeypatch.setattr(forecasting, "BATCH", 2)
    told = await forecasting.forecast(world.db, old, new, {}, with_people=True)
    assert (told.total, len(told.people or ())) == (3, 3)
    monkeypatch.setattr(forecasting, "MOST_PEOPLE", 2)
    with pytest.raises(InvalidInput, match="More than 2 people are under way on version 1; list a sample of them"):
        await forecasting.forecast(world.db, old, new, {}, with_people=True)
    assert (await forecasting.forecast(world.db, old, new, {})).total == 3
