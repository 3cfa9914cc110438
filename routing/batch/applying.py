"""Applies a batch: locks the people, merges who is one, changes profiles, and writes people, keys and events."""

from uuid import UUID

from pydantic import JsonValue

from domain.account import Account
from domain.errors import Unavailable
from domain.events import AcceptedEvent
from domain.profile import fitted, refusal_event
from routing.batch import directory, merging
from routing.batch.applied import Applied, event_id, properties_of
from routing.batch.gathering import Arrival, Batch
from routing.batch.profile import attributes_after
from routing.match.plan import Plan
from store.customer import customers, identities
from store.customer.customers import Person
from store.database import Transaction
from store.event import events
from store.event.events import EventRow
from store.journey.catalog import Catalog


class Overtaken(Unavailable):
    """Another router applied an event of the same people since they were looked up: nothing is written, do it again."""

    code = "overtaken"
    rows: tuple[int, ...] = ()


class Writing:
    """One batch being applied, event by event."""

    def __init__(self, batch: Batch, people: dict[UUID, Person], account: Account, positions: list[int]) -> None:
        self.batch = batch
        self.people = people
        self.account = account
        self.applied: list[Applied] = []
        self.rows: list[EventRow] = []
        self.links: list[tuple[str, UUID]] = []
        self.refusals: list[AcceptedEvent] = []
        self._positions = iter(positions)

    def apply(self, arrival: Arrival) -> None:
        """In the order of the batch. A merge's own event comes right before the one that caused it."""
        placing = arrival.placing
        if placing.customer is None:
            return
        person = self.people.setdefault(placing.customer, Person(placing.customer, {}, is_new=True))
        for merge in placing.merges:
            self._apply(merging.merged_event(arrival.event, merge), person)
        self._apply(arrival.event, person)
        if placing.refused or placing.apart:
            self.refusals.append(directory.refusal_event(arrival.event, person.id, placing, self.account))
        self.links += [(key, person.id) for key in placing.links]

    def _apply(self, event: AcceptedEvent, person: Person) -> None:
        attributes = attributes_after(person.attributes, event, country=self.account.default_country)
        if attributes is not person.attributes:
            self._change(person, attributes, event)
        person.position = next(self._positions)
        applied = Applied(
            id=event_id(event),
            position=person.position,
            customer=person.id,
            name=event.name,
            properties=properties_of(event),
            timestamp=event.timestamp,
            accepted_at=event.received_at,
            depth=event.depth,
            attributes=person.attributes,
            score=person.score,
        )
        self.applied.append(applied)
        self.rows.append(row_of(applied, event))

    def _change(self, person: Person, attributes: dict[str, JsonValue], event: AcceptedEvent) -> None:
        person.attributes, refused = fitted(person.attributes, attributes, self.account)
        person.is_changed = True
        if refused:
            self.refusals.append(refusal_event(event, person.id, refused, self.account))

    async def write(self, tx: Transaction) -> None:
        """Six statements at most. Raises Overtaken when a key was taught to somebody else meanwhile."""
        touched = {applied.customer for applied in self.applied}
        await customers.save(tx, [person for person in self.people.values() if person.id in touched])
        if await identities.add(tx, self.links) != len(self.links):
            raise Overtaken("A key of this batch belongs to somebody else by now.")
        await events.insert(tx, self.rows)


async def apply(
    tx: Transaction, catalog: Catalog, account: Account, batch: Batch, *, time_scale: float
) -> tuple[list[Applied], Plan]:
    """What has been applied, in order, and the plan of what follows. Raises Overtaken."""
    people = await customers.lock(tx, batch.customers)
    for customer in batch.customers:
        if customer not in people or people[customer].position != batch.directory.positions[customer]:
            raise Overtaken("A customer of this batch has moved on.")
    count = sum(1 + len(arrival.placing.merges) for arrival in batch.arrivals)
    now, positions = await events.positions(tx, count)
    plan = Plan(now, time_scale)
    for arrival in batch.arrivals:
        for merge in arrival.placing.merges:
            survivor, loser = people[merge.survivor], people[merge.loser]
            if refused := await merging.merge(tx, catalog, plan, account, survivor, loser):
                plan.events.append(refusal_event(arrival.event, survivor.id, refused, account))
    writing = Writing(batch, people, account, positions)
    for arrival in batch.arrivals:
        writing.apply(arrival)
    await writing.write(tx)
    plan.events += writing.refusals
    return writing.applied, plan


def row_of(applied: Applied, event: AcceptedEvent) -> EventRow:
    """The event as it is kept."""
    return EventRow(
        id=applied.id,
        position=applied.position,
        customer=applied.customer,
        name=applied.name,
        type=event.type,
        timestamp=applied.timestamp,
        received_at=applied.accepted_at,
        properties=applied.properties,
        context=event.context,
        source=event.source,
        message_id=event.message_id,
        depth=event.depth,
    )
