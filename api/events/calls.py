"""The six calls of Segment's HTTP Tracking API, as they are sent.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
"""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from domain.events import EventType, JsonObject

Id = Annotated[str, Field(max_length=256)]
Name = Annotated[str, Field(max_length=256)]
Moment = Annotated[str, Field(max_length=64, json_schema_extra={"format": "date-time"})]


class Call(BaseModel):
    """What all calls share. Either `userId` or `anonymousId` is needed. Unknown fields are ignored, as Segment does."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, alias_generator=to_camel)
    kind: ClassVar[EventType]

    user_id: Id | None = Field(None, description="Your id of the person", examples=["u-42"])
    anonymous_id: Id | None = Field(None, description="A visitor's id before you know who it is", examples=["a-7f3"])
    message_id: Id | None = Field(
        None, description="Identifies the call; the same id again is the same event. Made by Sojourn when missing"
    )
    timestamp: Moment | None = Field(
        None,
        description="When it happened, RFC 3339; UTC without a zone; now when missing",
        examples=["2026-11-21T09:30:00Z"],
    )
    original_timestamp: Moment | None = Field(
        None, description="When it happened by the sender's clock, where `timestamp` is already corrected"
    )
    sent_at: Moment | None = Field(
        None, description="When it was sent, by the sender's clock: corrects `timestamp` where that clock runs ahead"
    )
    context: JsonObject | None = Field(None, description="Where it comes from: page, library, campaign …")
    integrations: JsonObject | None = Field(None, description="For Segment's destinations; Sojourn does not use it")


class Track(Call):
    """Somebody did something."""

    kind: ClassVar[EventType] = "track"

    event: Name = Field(min_length=1, description="What happened", examples=["Order Completed"])
    properties: JsonObject | None = Field(None, examples=[{"order_id": "o-1", "total": 99.5}])


class Identify(Call):
    """Somebody is known by this id, and this is true of them."""

    kind: ClassVar[EventType] = "identify"

    traits: JsonObject | None = Field(
        None,
        description="Merged into the customer's attributes",
        examples=[{"email": "ann@example.com", "plan": "pro"}],
    )


class Page(Call):
    """Somebody looked at a page of your site."""

    kind: ClassVar[EventType] = "page"

    name: Name | None = Field(None, examples=["Pricing"])
    category: Name | None = None
    properties: JsonObject | None = Field(None, examples=[{"path": "/pricing"}])


class Screen(Page):
    """Somebody looked at a screen of your app."""

    kind: ClassVar[EventType] = "screen"


class Group(Call):
    """Somebody belongs to a company, a team, an account."""

    kind: ClassVar[EventType] = "group"

    group_id: Id = Field(min_length=1, examples=["acme"])
    traits: JsonObject | None = Field(None, description="What is true of the group", examples=[{"name": "Acme"}])


class Alias(Call):
    """Two ids are the same person."""

    kind: ClassVar[EventType] = "alias"

    previous_id: Id = Field(min_length=1, description="The id they had before", examples=["a-7f3"])


CALLS: dict[str, type[Call]] = {call.kind: call for call in (Track, Identify, Page, Screen, Group, Alias)}
