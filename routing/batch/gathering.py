"""Takes a batch from the inbox: in order for each customer, whatever keys their events name (semantics 3).

Slots share the work, they do not give the order. An event that names a key of a customer waits for every earlier row that
names any key of the same customer. Such rows are pulled into the batch; where another router holds one, the event and
its successors stay in the inbox until the next batch.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from domain.account import Account
from domain.events import AcceptedEvent
from routing.batch.directory import Directory, Placing
from store.customer import identities
from store.database import Transaction
from store.event import arrivals
from store.event.arrivals import Row


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inbox row to be applied, and whose it is."""

    row: int
    event: AcceptedEvent
    placing: Placing


def _event(body: str) -> AcceptedEvent:
    """The event as it was accepted. PostgreSQL writes 1e29 out in digits; orjson reads a whole number of more than 64 bits as
    the double that it was."""
    return AcceptedEvent.model_validate(orjson.loads(body))


@dataclass(slots=True)
class Batch:
    """What one transaction applies, in order. `directory` knows every key of everyone in it. Of the rows that were put off,
    `behind` has those that wait for one in `avoid`, each with that one."""

    directory: Directory
    arrivals: list[Arrival] = field(default_factory=list)
    put_off: int = 0
    behind: dict[int, int] = field(default_factory=dict)

    @property
    def customers(self) -> set[UUID]:
        """Existing customers whose locks are needed."""
        found = set()
        for arrival in self.arrivals:
            placing = arrival.placing
            if placing.customer is not None:
                found.add(placing.customer)
            found.update(customer for merge in placing.merges for customer in (merge.survivor, merge.loser))
        return found & self.directory.positions.keys()


@dataclass(slots=True)
class Taken:
    """Rows in order, the earlier rows that others hold, and everybody concerned."""

    rows: list[Row] = field(default_factory=list)
    blocked: list[Row] = field(default_factory=list)
    directory: Directory = field(default_factory=Directory)


async def take(tx: Transaction, *, limit: int, slots: int, avoid: Collection[int] = ()) -> Taken:
    """Up to `limit` rows of up to `slots` free slots, with their earlier relatives. Rows in `avoid` block their successors."""
    taken = Taken()
    home = await arrivals.claim_slots(tx, most=slots, avoid=avoid)
    taken.rows = await arrivals.read(tx, home, limit=limit, avoid=avoid) if home else []
    if taken.rows:
        taken.blocked = await _pull_relatives(tx, taken.directory, taken.rows, home, avoid)
        taken.rows.sort()
    return taken


async def _pull_relatives(
    tx: Transaction, directory: Directory, rows: list[Row], home: list[int], avoid: Collection[int]
) -> list[Row]:
    """Adds the earlier rows of everyone concerned to `rows`, as far as their slots are free; gives those that are not."""
    before = max(row.id for row in rows)
    blocked: list[Row] = []
    seen = {row.id for row in rows}
    held, refused = set(home), set[int]()
    asked: set[str] = set()
    names = {key for row in rows for key in row.identities}
    while names - asked:
        directory.learn(await identities.resolve(tx, names - asked))
        asked |= names
        keys = asked | directory.owners.keys()
        strangers = await arrivals.related(tx, keys, before=before, slots=home, avoid=avoid)
        strangers = [row for row in strangers if row.id not in seen]
        seen |= {row.id for row in strangers}
        wanted = {row.slot for row in strangers} - held - refused
        if wanted:
            held |= set(await arrivals.claim_slots(tx, most=len(wanted), avoid=avoid, wanted=wanted))
            refused |= wanted - held
        free = [row.id for row in strangers if row.slot in held and row.id not in avoid]
        if free:
            rows += await arrivals.read_some(tx, free, held)
        blocked += [row for row in strangers if row.slot in refused or row.id in avoid]
        names = {key for row in strangers for key in row.identities} - directory.owners.keys()
    return blocked


def place(taken: Taken, account: Account, avoid: Collection[int] = ()) -> Batch:
    """Says whose each row is, in order, and leaves out what has to wait.

    A merge moves whole customers, so it is done before anything else of its batch that concerns them.
    """
    directory = taken.directory
    group = _groups(directory, [*taken.rows, *taken.blocked])
    stops: dict[str, int] = {}
    for row in taken.blocked:
        stops[group[row.id]] = min(row.id, stops.get(group[row.id], row.id))
    batch = Batch(directory)
    begun: set[str] = set()
    for row in taken.rows:
        circle = group[row.id]
        if circle in stops and row.id > stops[circle]:
            batch.put_off += 1
            if stops[circle] in avoid:
                batch.behind[row.id] = stops[circle]
            continue
        event = _event(row.body)
        placing = directory.place(event, account.max_identities)
        if placing.merges and circle in begun:
            stops[circle] = row.id
            batch.put_off += 1
            continue
        directory.note(placing)
        begun.add(circle)
        batch.arrivals.append(Arrival(row.id, event, placing))
    return batch


def _groups(directory: Directory, rows: Iterable[Row]) -> dict[int, str]:
    """Rows that may concern the same person have the same group: they share keys, or the customer to whom keys lead."""
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        while (parent := parents.setdefault(name, name)) != name:
            parents[name] = name = parents[parent]
        return name

    for row in rows:
        first = root(row.identities[0])
        for key in row.identities:
            owner = directory.owners.get(key)
            for other in (key, str(owner)) if owner else (key,):
                parents[root(other)] = first
    return {row.id: root(row.identities[0]) for row in rows}
