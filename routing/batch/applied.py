"""An event that has just been applied, as the matchers see it."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from pydantic import JsonValue

from domain.engine.state import EventRef
from domain.events import REACTIONS, AcceptedEvent


class Applied(NamedTuple):
    """`attributes` and `score` are the customer's right after this event: what rules read (semantics 4)."""

    id: UUID
    position: int
    customer: UUID
    name: str
    properties: dict[str, JsonValue]
    timestamp: datetime
    accepted_at: datetime
    depth: int
    attributes: dict[str, JsonValue]
    score: float

    @property
    def ref(self) -> EventRef:
        return EventRef(id=self.id, position=self.position, accepted_at=self.accepted_at)

    @property
    def is_machine(self) -> bool:
        """A mail scanner's open or click: on the timeline, but it wakes nobody and counts for nothing."""
        return self.name in REACTIONS.values() and self.properties.get("machine") is True


def event_id(event: AcceptedEvent) -> UUID:
    """The id of an accepted event, the same however often it is asked for.

    It has the layout of a UUIDv7 (RFC 9562, section 5.7), the time of acceptance in front, so that ids sort by time;
    what follows is a digest of the event's source and message id in the place of the random bits.
    """
    milliseconds = int(event.received_at.timestamp() * 1000)
    digest = sha256(f"{event.source}\0{event.message_id}".encode()).digest()
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(digest[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def properties_of(event: AcceptedEvent) -> dict[str, JsonValue]:
    """What rules and the timeline see: what an identify or group says stands in its traits."""
    return {**event.properties, **event.traits} if event.type in ("identify", "group") else event.properties
