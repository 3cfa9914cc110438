"""An accepted event, and the names of those that Sojourn itself reports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, InstanceOf, JsonValue, WithJsonSchema

from domain.frozen import Frozen


class EventName(StrEnum):
    """Events that are not `track` calls. They are on the timeline and can be listened to like any other."""

    IDENTIFIED = "Identified"
    GROUPED = "Grouped"
    ALIASED = "Aliased"
    PAGE_VIEWED = "Page Viewed"
    SCREEN_VIEWED = "Screen Viewed"
    MESSAGE_DELIVERED = "Message Delivered"
    MESSAGE_OPENED = "Message Opened"
    MESSAGE_CLICKED = "Message Clicked"
    MESSAGE_REPLIED = "Message Replied"
    MESSAGE_BOUNCED = "Message Bounced"
    MESSAGE_COMPLAINED = "Message Complained"
    UNSUBSCRIBED = "Unsubscribed"
    SUBSCRIBED = "Subscribed"
    ATTRIBUTES_CHANGED = "Attributes Changed"
    SCORE_CHANGED = "Score Changed"
    ATTRIBUTES_REFUSED = "Attributes Refused"
    IDENTITIES_REFUSED = "Identities Refused"
    CUSTOMERS_MERGED = "Customers Merged"
    ENTRY_REQUESTED = "Entry Requested"
    ENTRY_REFUSED = "Entry Refused"
    JOURNEY_ENDED = "Journey Ended"
    STOP_REQUESTED = "Stop Requested"
    APPROVAL_GIVEN = "Approval Given"
    APPROVAL_REFUSED = "Approval Refused"


REACTIONS = {
    "delivered": EventName.MESSAGE_DELIVERED,
    "opened": EventName.MESSAGE_OPENED,
    "clicked": EventName.MESSAGE_CLICKED,
    "replied": EventName.MESSAGE_REPLIED,
    "bounced": EventName.MESSAGE_BOUNCED,
    "unsubscribed": EventName.UNSUBSCRIBED,
}
"""How an author names a reaction, and the event it is. Its properties: message_id, run_id, step, channel, link, machine."""

JsonObject = Annotated[dict[str, JsonValue], InstanceOf(), WithJsonSchema({"type": "object"})]
"""What is inside has been read from JSON and needs no second look: validating it again would cost 8 µs an event."""

EventType = Literal["track", "identify", "page", "screen", "group", "alias", "internal"]

MAX_DEPTH = 10
"""Chains of cause (a run's change starts a run, whose change …) longer than this are cut and logged."""


class AcceptedEvent(Frozen):
    """An event as it stands in the inbox: normalised, time-corrected, not yet applied.

    `identities` are `kind:value` keys, the strongest first (`user_id:42`, `anonymous_id:…`, or `customer_id:UUID` for
    internal events). `traits` are set by identify and group; `previous_id` by alias. An internal event whose change was
    made in the transaction that wrote it has `applied` set: routing shows it to triggers and does not apply it again.
    """

    type: EventType
    name: str
    identities: tuple[str, ...]
    message_id: str
    source: str
    timestamp: datetime
    received_at: datetime
    properties: JsonObject = Field(default_factory=dict)
    traits: JsonObject = Field(default_factory=dict)
    context: JsonObject = Field(default_factory=dict)
    previous_id: str | None = None
    depth: int = 0
    applied: bool = False


def caused(event: AcceptedEvent, name: EventName, customer: UUID, message_id: str, said: JsonObject) -> AcceptedEvent:
    """What applying `event` did to the customer beside it, for the timeline: it has been done already, and names its cause."""
    return AcceptedEvent(
        type="internal",
        name=name,
        identities=(f"customer_id:{customer}",),
        message_id=message_id,
        source=event.source,
        timestamp=event.timestamp,
        received_at=event.received_at,
        properties={"because": event.name, **said},
        depth=event.depth,
        applied=True,
    )
