"""Rule 3: what was answered first is applied first, for the same customer, however many routers share the work."""

import asyncio
import random
from collections.abc import Collection, Sequence
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from domain.events import EventName
from domain.ids import slot_of
from routing.batch.applying import Overtaken
from routing.match.trigger_index import TriggerIndex
from routing.router import Routed, route_batch
from store.customer import customers, identities
from store.customer.customers import Person
from store.customer.identities import Known
from store.database import Transaction
from store.event import arrivals
from store.journey.catalog import Catalog
from tests.routing.world import World, event, key_of


class Circles:
    """Which keys are known to be one person, as the events say it."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def of(self, key: str) -> str:
        while (parent := self.parent.setdefault(key, key)) != key:
            key = parent
        return key

    def join(self, keys: list[str]) -> str:
        for key in keys:
            self.parent[self.of(key)] = self.of(keys[0])
        return self.of(keys[0])


async def accept_lives(world: World, chance: random.Random, people: int, events: int) -> list[set[int]]:
    """Accepts events of people who are known by several keys; gives for each the earlier ones that must come first."""
    circles, first = Circles(), []
    told: list[str] = []
    for number in range(events):
        person = chance.randrange(people)
        user, visitors = f"user_id:u{person}", [f"anonymous_id:a{person}-{n}" for n in range(3)]
        visitor = chance.choice(visitors)
        keys = chance.choice([[user], [visitor], [visitor], [user, visitor]])
        fields = {"name": "Tracked", "properties": {"n": number}}
        if chance.random() < 0.1:
            keys = [user]
            fields |= {"type": "alias", "name": EventName.ALIASED, "previous_id": visitor.partition(":")[2]}
            circle = circles.join([user, visitor])
        else:
            circle = circles.join(keys)
        first.append({earlier for earlier, key in enumerate(told) if circles.of(key) == circle})
        told.append(keys[0])
        await world.accept(event(" ".join(keys), **fields))
        if chance.random() < 0.2:
            await asyncio.sleep(0)
    return first


async def route_until(done: asyncio.Event, world: World, chance: random.Random) -> None:
    """A router that takes batches of odd sizes, until nothing more comes."""
    index = TriggerIndex(Catalog())
    while True:
        is_last = done.is_set()
        try:
            routed = await route_batch(world.db, index, limit=chance.randint(1, 12), slots=chance.randint(1, 60))
        except Overtaken:
            continue
        if is_last and routed == Routed():
            return
        if routed.events == 0:
            await asyncio.sleep(chance.uniform(0, 0.005))


@pytest.mark.parametrize("seed", range(6))
async def test_three_routers_keep_each_persons_order(world: World, seed: int) -> None:
    chance, done = random.Random(seed), asyncio.Event()
    async with asyncio.TaskGroup() as routers:
        for number in range(3):
            routers.create_task(route_until(done, world, random.Random(f"{seed}/{number}")))
        first = await accept_lives(world, chance, people=6, events=120)
        done.set()
    rows = await world.rows("SELECT properties -> 'n' AS n, position FROM event WHERE name <> 'Customers Merged'")
    position = {row["n"]: row["position"] for row in rows}
    assert len(rows) == len(position) == 120
    wrong = [
        (earlier, later)
        for later, before in enumerate(first)
        for earlier in before
        if position[earlier] > position[later]
    ]
    assert wrong == []
    assert (
        await world.rows(
            "SELECT 1 FROM identity JOIN customer ON customer.id = customer_id WHERE merged_into IS NOT NULL"
        )
        == []
    )
    assert (
        await world.rows("SELECT 1 FROM event JOIN customer ON customer.id = customer_id WHERE merged_into IS NOT NULL")
        == []
    )


async def test_an_event_waits_for_an_earlier_one_that_another_router_holds(world: World) -> None:
    await world.identify("ann ?a1")
    await world.route()
    await world.track("?a1", "First")
    await world.track("ann", "Second")
    await world.track("ann", "Third")
    await world.track("bob", "Other")
    held = slot_of(key_of("?a1"))
    async with world.db.transaction() as other:
        assert await arrivals.claim_slots(other, most=1, wanted=[held]) == [held]
        assert await world.route() == 1
        assert await world.events("ann") == ["Identified"]
        assert await world.events("bob") == ["Other"]
    assert await world.route() == 3
    assert await world.events("ann") == ["Identified", "First", "Second", "Third"]


async def test_events_before_the_one_that_is_held_are_applied(world: World) -> None:
    await world.track("ann", "First")
    await world.identify("ann ?a1")
    await world.track("?a1", "Second")
    await world.track("ann", "Third")
    held = slot_of(key_of("?a1"))
    async with world.db.transaction() as other:
        await arrivals.claim_slots(other, most=1, wanted=[held])
        assert await world.route() == 2
    assert await world.route() == 2
    assert await world.events("ann") == ["First", "Identified", "Second", "Third"]


async def test_a_batch_that_was_overtaken_writes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another router applies an event of the same customer after ours was read and before the customer is locked."""
    await world.track("ann", "First")
    await world.route()
    await world.track("ann", "Second")
    lock = customers.lock

    async def lock_late(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Person]:
        await world.run_sql("UPDATE customer SET position = position + 1000")
        return await lock(tx, ids)

    monkeypatch.setattr(customers, "lock", lock_late)
    with pytest.raises(Overtaken):
        await world.route()
    monkeypatch.undo()
    assert await world.events("ann") == ["First"]
    assert await world.route() == 1


async def test_a_batch_about_somebody_who_was_merged_away_meanwhile_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.identify("ann")
    await world.identify("bob")
    await world.route()
    ann, bob = await world.customer("ann"), await world.customer("bob")
    await world.track("ann", "Second")
    lock = customers.lock

    async def lock_late(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Person]:
        await world.run_sql("UPDATE customer SET merged_into = :bob WHERE id = :ann", ann=ann, bob=bob)
        await world.run_sql("UPDATE identity SET customer_id = :bob WHERE customer_id = :ann", ann=ann, bob=bob)
        return await lock(tx, ids)

    monkeypatch.setattr(customers, "lock", lock_late)
    with pytest.raises(Overtaken):
        await world.route()
    monkeypatch.undo()
    assert await world.route() == 1
    assert (await world.rows("SELECT customer_id FROM event WHERE name = 'Second'")) == [{"customer_id": bob}]


async def blocked(world: World) -> None:
    """Waits until a transaction of this database waits for a lock."""
    waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(10):
        while not await world.rows(waits):  # noqa: ASYNC110  what is waited for happens in the server
            await asyncio.sleep(0.01)


async def test_what_a_run_changes_while_its_customers_event_is_routed_is_not_lost(world: World) -> None:
    await world.identify("ann", plan="free")
    await world.route()
    await world.identify("ann", city="Graz")
    async with world.db.transaction() as run:
        await run.execute(text("""UPDATE customer SET attributes = attributes || '{"plan": "pro"}'"""))
        routing = asyncio.create_task(world.route())
        await blocked(world)
    assert await routing == 1
    assert await world.attributes("user_id:ann") == {"plan": "pro", "city": "Graz"}


async def test_customers_are_locked_in_the_order_of_their_ids(world: World) -> None:
    """Whoever locks several begins at the same end, so that no two wait for each other."""
    low, high = sorted(uuid4() for _ in range(2))
    for customer in (high, low):
        await world.run_sql("INSERT INTO customer (id) VALUES (:id)", id=customer)

    async def both() -> None:
        async with world.db.transaction() as tx:
            await customers.lock(tx, [high, low])

    async with world.db.transaction() as other:
        await customers.lock(other, [low])
        locking = asyncio.create_task(both())
        await blocked(world)
        free = await world.rows("SELECT 1 FROM customer WHERE id = :id FOR UPDATE SKIP LOCKED", id=high)
    await locking
    assert free != []


async def test_a_key_that_somebody_else_got_meanwhile_undoes_the_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.track("ann", "First")
    await world.route()
    await world.track("?a1", "Second")
    resolve = identities.resolve

    async def resolve_early(tx: Transaction, keys: Collection[str]) -> Sequence[Known]:
        found = await resolve(tx, keys)
        monkeypatch.undo()
        await world.run_sql("INSERT INTO identity SELECT 'anonymous_id', 'a1', id FROM customer")
        return found

    monkeypatch.setattr(identities, "resolve", resolve_early)
    with pytest.raises(Overtaken):
        await world.route()
    assert await world.route() == 1
    assert await world.events("ann") == ["First", "Second"]


async def test_two_routers_never_apply_an_event_twice(world: World) -> None:
    for number in range(60):
        await world.track(f"u{number % 20}", "Tracked", n=number)
    indexes = [TriggerIndex(Catalog()) for _ in range(4)]

    async def drain(index: TriggerIndex) -> int:
        total = 0
        while routed := (await route_batch(world.db, index, limit=5, slots=8)).events:
            total += routed
        return total

    assert sum(await asyncio.gather(*map(drain, indexes))) == 60
    async with world.db.transaction() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM event"))).scalar_one() == 60
