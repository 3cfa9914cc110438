"""Who is meant: keys lead to customers, and events teach new keys. Pure; `gathering.py` fills it from the store.

The strongest key of an event decides. An event that names several keys links them; a visitor without a user id becomes
the user they log in as. Someone known by a user id is merged only by an alias: a shared device does not merge people.

Nobody gets more keys than the account allows: every event of theirs reads them all, and a page that makes up a new visitor's
id at each call would never end. What has no room stays apart, and is told.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from domain.account import Account
from domain.events import AcceptedEvent, EventName, JsonObject, caused
from domain.ids import new_id
from store.customer.identities import CUSTOMER, Known, previous_keys

USER = "user_id:"


@dataclass(frozen=True, slots=True)
class Merge:
    """Two customers turn out to be one."""

    survivor: UUID
    loser: UUID


@dataclass(frozen=True, slots=True)
class Placing:
    """Whose event it is, which keys it teaches, and who must be merged first. No customer: they are gone (erased). `refused`
    and `apart` are the keys and customers that would belong to this one, had they room."""

    customer: UUID | None
    is_new: bool = False
    links: tuple[str, ...] = ()
    merges: tuple[Merge, ...] = ()
    refused: tuple[str, ...] = ()
    apart: tuple[UUID, ...] = ()


class Directory:
    """The keys that a batch needs, as they stand after each of its events."""

    def __init__(self) -> None:
        self.owners: dict[str, UUID] = {}
        self.positions: dict[UUID, int] = {}
        self._keys: defaultdict[UUID, set[str]] = defaultdict(set)

    def learn(self, known: Iterable[Known]) -> None:
        """Takes over what the store knows."""
        for key, customer, position in known:
            self.owners[key] = customer
            self._keys[customer].add(key)
            if position is not None:
                self.positions[customer] = position

    def is_user(self, customer: UUID) -> bool:
        return any(key.startswith(USER) for key in self._keys[customer])

    def place(self, event: AcceptedEvent, most: int) -> Placing:
        """Whose event this is; nobody gets more than `most` keys. Changes nothing: `note` does, once it is certain that the
        event is applied now."""
        first, *weaker = event.identities
        if first.startswith(f"{CUSTOMER}:"):
            return Placing(self.owners.get(first))
        if not weaker and event.previous_id is None:
            owner = self.owners.get(first)
            return Placing(owner) if owner else Placing(new_id(), True, (first,))
        previous = previous_keys(event)
        before = [key for key in previous if key in self.owners]
        visitors = [key for key in weaker if key in self.owners and not self.is_user(self.owners[key])]
        known = next((self.owners[key] for key in (first, *before, *visitors) if key in self.owners), None)
        is_taught = first not in self.owners
        if known and is_taught and self._count(known) >= most:
            known = None
        customer = known or new_id()
        count = self._count(customer) + is_taught
        merges: list[Merge] = []
        apart: list[UUID] = []
        for other in dict.fromkeys(self.owners[key] for key in (*before, *visitors)):
            if other == customer:
                continue
            if count + self._count(other) + 1 > most:
                apart.append(other)
                continue
            count += self._count(other) + 1
            merges.append(self._merge(customer, other, becomes_user=first.startswith(USER)))
            customer = merges[-1].survivor
        taught = [*weaker, *(() if before else previous)]
        new = [key for key in dict.fromkeys(taught) if key not in self.owners and key != first]
        room = max(0, most - count)
        links = (first, *new[:room]) if is_taught else tuple(new[:room])
        return Placing(customer, known is None, links, tuple(merges), tuple(new[room:]), tuple(apart))

    def _count(self, customer: UUID) -> int:
        """How many keys lead to them, beside their own id."""
        return len(self._keys.get(customer, set()) - {f"{CUSTOMER}:{customer}"})

    def _merge(self, customer: UUID, other: UUID, *, becomes_user: bool) -> Merge:
        """Who is known by a user id survives; if both are, or neither, the older one (ids sort by time)."""
        is_user, other_is_user = becomes_user or self.is_user(customer), self.is_user(other)
        if is_user == other_is_user:
            return Merge(min(customer, other), max(customer, other))
        return Merge(customer, other) if is_user else Merge(other, customer)

    def note(self, placing: Placing) -> None:
        """The event is applied: later ones of the batch find what it taught."""
        if placing.customer is None:
            return
        for merge in placing.merges:
            for key in self._keys.pop(merge.loser):
                self._teach(key, merge.survivor)
        for key in (f"{CUSTOMER}:{placing.customer}", *placing.links):
            self._teach(key, placing.customer)

    def _teach(self, key: str, customer: UUID) -> None:
        self.owners[key] = customer
        self._keys[customer].add(key)


def refusal_event(event: AcceptedEvent, customer: UUID, placing: Placing, account: Account) -> AcceptedEvent:
    """What the timeline says about what had no room: once for the same keys and customers, whatever else names them."""
    values = (*placing.refused, *map(str, placing.apart))
    said: JsonObject = {
        "identities": list(placing.refused),
        "customers": [str(customer) for customer in placing.apart],
        "max_identities": account.max_identities,
    }
    message_id = f"{customer}/refused/{sha256(' '.join(values).encode()).hexdigest()}"
    return caused(event, EventName.IDENTITIES_REFUSED, customer, message_id, said)
