"""The customer of a scenario: what the database would know about them, in memory."""

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import JsonValue

from content.templates import Rendered
from domain.account import Account
from domain.calendar import zone_of
from domain.gate import GateFacts, Said
from domain.gate.gathering import Books, Counted, SendQuestion
from domain.gate.permits import permits
from domain.looking_back import Past
from domain.reactions import SentMessage
from domain.rules.facts import Facts, Happening, Reaction
from store.customer.addresses import normalise

CHANNELS = {"email": "email", "sms": "phone"}
"""The channels that can send, and the attribute that holds the address."""

Key = tuple[str | None, str | None]


@dataclass(slots=True)
class Letter:
    """A row of the send ledger. `state`: handed_over, refused or ghost."""

    message: SentMessage
    visit: int
    purpose: str
    claimed_at: datetime
    state: str
    rendered: Rendered


class Claimed(NamedTuple):
    """A message that counts against caps: one of the customer's own letters, or one that somebody else has sent."""

    purpose: str
    channel: str
    template: str
    claimed_at: datetime


@dataclass(slots=True)
class Customer:
    """`said` is the newest word by (channel, topic); `topics` says which must be asked for. `elsewhere` are messages that
    were sent outside of the lab's runs."""

    id: UUID
    account: Account
    topics: Mapping[str, bool]
    attributes: dict[str, JsonValue]
    score: float = 0.0
    position: int = 0
    said: dict[Key, Said] = field(default_factory=dict)
    suppressed: dict[tuple[str, str], str] = field(default_factory=dict)
    past: list[Past] = field(default_factory=list)
    history: list[Happening] = field(default_factory=list)
    reactions: dict[UUID, list[Reaction]] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    elsewhere: list[Claimed] = field(default_factory=list)
    _reach: tuple[dict[str, JsonValue], frozenset[str]] | None = None
    _facts: Facts | None = None

    def happened(self, event: Past, timestamp: datetime) -> None:
        """The event takes its place in the timeline (semantics 5)."""
        self.position = event.position
        self.past.append(event)
        happening = Happening(event.name, timestamp, event.properties, event.position)
        insort(self.history, happening, key=lambda one: (one.timestamp, one.position))
        self._facts = None

    def facts(self, now: datetime) -> Facts:
        """What rules may ask about the customer now; worked out anew when something about them has changed."""
        known = self._facts
        if known is None or known.attributes is not self.attributes or (known.now, known.score) != (now, self.score):
            known = self._facts = self._worked_out(now)
        return known

    def _worked_out(self, now: datetime) -> Facts:
        return Facts(
            now=now,
            attributes=self.attributes,
            score=self.score,
            zone=zone_of(self.attributes, self.account)[0],
            history=[one for one in self.history if one.timestamp <= now],
            reachable=self._reachable(),
            subscribed=frozenset(topic for topic in self.topics if self._is_subscribed(topic)),
        )

    def _reachable(self) -> frozenset[str]:
        """Worked out anew when the attributes were replaced or a permission has changed: rules are asked often."""
        known = self._reach
        if known is None or known[0] is not self.attributes:
            channels = frozenset(channel for channel in CHANNELS if self._is_reachable(channel))
            known = self._reach = (self.attributes, channels)
        return known[1]

    def say(self, channel_or_topic: str, granted: bool, *, at: datetime, source: str) -> None:
        """Consent to a channel or a topic, or its withdrawal. The newest statement counts; of two at once the second."""
        is_topic = channel_or_topic in self.topics
        key = (None, channel_or_topic) if is_topic else (channel_or_topic, None)
        known = self.said.get(key)
        if known is None or known.at <= at:
            self.said[key] = Said(granted=granted, at=at, source=source)
            self._reach = self._facts = None

    def address(self, channel: str) -> str | None:
        """The address on a channel in its comparable form."""
        return _address(channel, self.attributes.get(CHANNELS.get(channel, "")), self.account.default_country)

    def suppress(self, channel: str, reason: str, address: str | None = None) -> None:
        """An address (the present one, unless one is given) is never to be used on the channel."""
        self.suppressed[channel, address or self.address(channel) or ""] = reason
        self._reach = self._facts = None

    def books(self, question: SendQuestion, now: datetime) -> Books:
        """What the gate wants to know about a send."""
        rates = question.rates(self.account)
        sent = self._sent_beside(question) if rates or question.once else []
        return Books(
            said=self.said,
            suppressed={
                channel: reason
                for (channel, address), reason in self.suppressed.items()
                if address == self.address(channel)
            },
            topic_implied=not self.topics[topic] if (topic := question.topic) in self.topics and topic else None,
            sent_before=any(one.template == question.template for one in sent),
            caps={
                name: _counted(sent, name, rate.count, now - rate.per / question.time_scale)
                for name, rate in rates.items()
            },
        )

    def _sent_beside(self, question: SendQuestion) -> list[Claimed]:
        """Every message but those of the send that is asked about."""
        mine = (question.run_id, question.step, question.visit)
        return [
            Claimed(one.purpose, one.message.channel, one.message.template, one.claimed_at)
            for one in self.letters
            if one.state == "handed_over" and (one.message.run_id, one.message.step, one.visit) != mine
        ] + self.elsewhere

    def _is_reachable(self, channel: str) -> bool:
        """As the gate's permits see it, topics aside."""
        address = self.address(channel)
        facts = GateFacts(
            channel=channel,
            address=address,
            suppressed=self.suppressed.get((channel, address or "")),
            said=self.said.get((channel, None)),
            implied=channel in self.account.implicit_consent,
        )
        return all(check.passed for check in permits(facts))

    def _is_subscribed(self, topic: str) -> bool:
        said = self.said.get((None, topic))
        return said.granted if said is not None else not self.topics[topic]


def _counted(sent: list[Claimed], name: str, count: int, since: datetime) -> Counted:
    """As the store counts: the newest marketing messages in the span, at most as many as the cap allows."""
    claimed = sorted(
        one.claimed_at
        for one in sent
        if one.purpose == "marketing" and name in ("all", one.channel) and one.claimed_at > since
    )[-count:]
    return Counted(used=len(claimed), oldest=claimed[0] if claimed else None)


def _address(channel: str, value: JsonValue, country: str) -> str | None:
    return normalise(channel, value, country=country)


def earlier(name: str, properties: dict[str, JsonValue], *, at: datetime, number: int) -> Past:
    """An event from before the start."""
    return Past(id=UUID(int=number), position=number, name=name, received_at=at, properties=properties)
