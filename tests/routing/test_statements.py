"""What a batch costs PostgreSQL is an assertion: statements, however many events there are."""

import pytest

from routing.match.trigger_index import TriggerIndex
from routing.router import route_batch
from store.database import Database
from tests.fixtures.statements import statements
from tests.routing.world import World, journey


@pytest.mark.parametrize("events", [1, 100])
@pytest.mark.parametrize(("name", "budget"), [("Nothing", 12), ("Signed Up", 15)])
async def test_a_batch_takes_as_many_statements_however_many_events_are_in_it(
    db: Database, name: str, budget: int, events: int
) -> None:
    world, index = await _opened(db, events)
    for number in range(events):
        await world.track(str(number), name)
    with statements(db) as sent:
        assert (await route_batch(db, index, slots=256)).events == events
    assert len(sent) <= budget, "\n".join(sent)


async def _opened(db: Database, people: int) -> tuple[World, TriggerIndex]:
    """A journey, people who are known, and a router that has read the triggers."""
    world = World(db)
    await world.publish(journey())
    index = TriggerIndex(world.catalog)
    for number in range(people):
        await world.identify(str(number), plan="free")
    await route_batch(db, index, slots=256)
    return world, index
