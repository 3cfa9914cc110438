"""Six kinds of calls become one kind of event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue, ValidationError

from api.events.calls import CALLS, Alias, Call, Group, Identify, Page, Track
from api.events.moments import corrected, read_moment
from api.events.parsing import Fault, fault_in
from domain.account import MOST_ATTRIBUTES
from domain.errors import InvalidInput
from domain.events import AcceptedEvent, EventName, EventType, JsonObject
from domain.ids import new_id
from domain.profile import count_names

_NAMES: dict[EventType, EventName] = {
    "identify": EventName.IDENTIFIED,
    "page": EventName.PAGE_VIEWED,
    "screen": EventName.SCREEN_VIEWED,
    "group": EventName.GROUPED,
    "alias": EventName.ALIASED,
}

RESERVED = frozenset(
    {
        EventName.MESSAGE_DELIVERED,
        EventName.MESSAGE_OPENED,
        EventName.MESSAGE_CLICKED,
        EventName.MESSAGE_REPLIED,
        EventName.MESSAGE_BOUNCED,
        EventName.MESSAGE_COMPLAINED,
        EventName.ATTRIBUTES_REFUSED,
        EventName.IDENTITIES_REFUSED,
        EventName.CUSTOMERS_MERGED,
        EventName.ENTRY_REQUESTED,
        EventName.ENTRY_REFUSED,
        EventName.JOURNEY_ENDED,
        EventName.STOP_REQUESTED,
        EventName.APPROVAL_GIVEN,
        EventName.APPROVAL_REFUSED,
    }
)
"""What only Sojourn can know or ask for. A write key stands in web pages: it must not enter people or wake runs."""


@dataclass(frozen=True)
class Arrival:
    """What is not in the call itself: whose key, when, and whether the parser saw something to look into."""

    source: str
    received_at: datetime
    suspect: bool = False


def normalise(raw: Mapping[str, JsonValue], kind: str, arrival: Arrival) -> AcceptedEvent | Fault:
    """The event that a call means, or the first field that is wrong with it."""
    model = CALLS.get(kind)
    if model is None:
        return Fault("type", f"Must be one of {', '.join(CALLS)}.")
    if arrival.suspect and (fault := fault_in(raw)):
        return fault
    try:
        call = model.model_validate(raw)
    except ValidationError as error:
        return _fault_of(error)
    if not call.user_id and not call.anonymous_id:
        return Fault("userId", "Either userId or anonymousId is required.")
    if isinstance(call, Track) and call.event in RESERVED:
        return Fault("event", f"{call.event} is what Sojourn itself reports: choose another name.")
    if isinstance(call, Identify | Group) and count_names(call.traits) > MOST_ATTRIBUTES:
        return Fault("traits", f"More than {MOST_ATTRIBUTES} attributes: no profile may have so many.")
    timestamp = _timestamp(call, arrival.received_at)
    return timestamp if isinstance(timestamp, Fault) else _event(call, timestamp, arrival)


def _fault_of(error: ValidationError) -> Fault:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    message = "Must be an object." if first["type"] == "is_instance_of" else f"{first['msg']}."
    return Fault(str(first["loc"][0]), message)


def _timestamp(call: Call, received_at: datetime) -> datetime | Fault:
    read: list[datetime | None] = []
    for field, text in (
        ("timestamp", call.timestamp),
        ("originalTimestamp", call.original_timestamp),
        ("sentAt", call.sent_at),
    ):
        try:
            read.append(read_moment(text) if text else None)
        except InvalidInput as error:
            return Fault(field, error.message)
    return corrected(received_at, *read)


def _event(call: Call, timestamp: datetime, arrival: Arrival) -> AcceptedEvent:
    return AcceptedEvent(
        type=call.kind,
        name=call.event if isinstance(call, Track) else _NAMES[call.kind],
        identities=_identities(call),
        message_id=call.message_id or str(new_id()),
        source=arrival.source,
        timestamp=timestamp,
        received_at=arrival.received_at,
        properties=_properties(call),
        traits=call.traits or {} if isinstance(call, Identify | Group) else {},
        context=call.context or {},
        previous_id=call.previous_id if isinstance(call, Alias) else None,
    )


def _identities(call: Call) -> tuple[str, ...]:
    """The keys of the person, the strongest first."""
    found = (("user_id", call.user_id), ("anonymous_id", call.anonymous_id))
    return tuple(f"{kind}:{value}" for kind, value in found if value)


def _properties(call: Call) -> JsonObject:
    if isinstance(call, Track):
        return call.properties or {}
    if isinstance(call, Page):
        named: JsonObject = {"name": call.name, "category": call.category}
        return {**(call.properties or {}), **{key: value for key, value in named.items() if value}}
    if isinstance(call, Group):
        return {"groupId": call.group_id}
    return {}
