"""Who got what instead of what."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runtime.demo.expectations import Promise, expected
from runtime.demo.population import Customer
from runtime.demo.wording import message_of


@dataclass(frozen=True)
class Got:
    """A message that arrived: by mail (its subject) or by phone (its text)."""

    channel: str
    text: str


@dataclass(frozen=True)
class Broken:
    """One customer and one journey, promised and got in order. Without a journey: messages that no journey owes anybody."""

    customer: Customer
    journey: str
    promised: tuple[str, ...]
    got: tuple[str, ...]

    @property
    def difference(self) -> list[str]:
        """`missing`, `not promised`, or `wrong order`: one line for each message."""
        missing = Counter(self.promised) - Counter(self.got)
        extra = Counter(self.got) - Counter(self.promised)
        lines = [f"missing: {message}" for message in missing.elements()]
        lines += [f"not promised: {message}" for message in extra.elements()]
        return lines or [f"wrong order: {', '.join(self.got)} instead of {', '.join(self.promised)}"]


@dataclass(frozen=True)
class Outcome:
    """Broken promises, what does not add up in the books, and whatever else went wrong; the last two are for people."""

    broken: tuple[Broken, ...]
    imbalance: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not (self.broken or self.imbalance or self.faults)


def judge(customers: Sequence[Customer], got: Mapping[str, Sequence[Got]]) -> list[Broken]:
    """Every promise that was broken. `got` holds what each customer (by user id) received, oldest first."""
    return [
        broken
        for customer in customers
        for broken in _judge(customer, expected(customer), got.get(customer.person.user_id, ()))
    ]


def _judge(customer: Customer, promises: Sequence[Promise], got: Sequence[Got]) -> list[Broken]:
    owner = {promise.message: promise.journey for promise in promises}
    received = [message_of(one.text, customer.person) or f"{one.channel}: {one.text[:60]}" for one in got]
    found = []
    for journey in sorted({*owner.values(), *(owner.get(message, "") for message in received)}):
        promised = tuple(promise.message for promise in promises if promise.journey == journey)
        came = tuple(message for message in received if owner.get(message, "") == journey)
        if _by_channel(promised) != _by_channel(came):
            found.append(Broken(customer, journey, promised, came))
    return found


def _by_channel(messages: Sequence[str]) -> list[str]:
    """In order on each channel: a mail and a text have different roads, and may overtake each other."""
    return sorted(messages, key=lambda message: message.partition("/")[0])
