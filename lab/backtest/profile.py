"""People as they were, rebuilt from what was recorded.

The present profile says what was never recorded as an event: attributes that no event mentions are as they are today.
Everything else comes from the events, one after the other: what people and systems said, and what other journeys changed.
What the journey under test changed itself is left out: the draft makes its own changes.
"""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from domain.events import AcceptedEvent, EventName
from domain.recorded import RecordedEvent, RecordedPerson
from routing.batch.profile import attributes_after


def accepted(event: RecordedEvent, customer: str) -> AcceptedEvent:
    """The event as it was accepted. It was checked then, and is not checked again."""
    properties, traits = event.properties, {}
    if event.type == "identify":
        properties, traits = {}, event.properties
    elif event.type == "group":
        properties = {name: value for name, value in event.properties.items() if name == "groupId"}
        traits = {name: value for name, value in event.properties.items() if name != "groupId"}
    return AcceptedEvent.model_construct(
        type=event.type,  # type: ignore[arg-type]
        name=event.name,
        identities=(customer,),
        message_id=event.message_id,
        source=event.source,
        timestamp=event.timestamp,
        received_at=event.received_at,
        properties=properties,
        traits=traits,
        context=event.context,
        depth=event.depth,
        applied=event.type == "internal",
    )


def attributes_before(person: RecordedPerson, country: str) -> dict[str, JsonValue]:
    """What was known of the person before anything was recorded: what stands in the profile and was never an event."""
    return {name: value for name, value in person.attributes.items() if name not in _mentioned(person.events, country)}


def score_before(person: RecordedPerson) -> float:
    """The score before every change that was recorded."""
    return person.score - sum(change_of(event) for event in person.events)


def change_of(event: RecordedEvent) -> float:
    """By how much an event tells that the score was changed."""
    change = event.properties.get("change") if event.name == EventName.SCORE_CHANGED else None
    return float(change) if isinstance(change, int | float) else 0.0


def changed_by(event: RecordedEvent, attributes: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The attributes after a change that a journey made and the event tells of; the same object when it changed none."""
    new = event.properties.get("attributes") if event.name == EventName.ATTRIBUTES_CHANGED else None
    if event.type != "internal" or not isinstance(new, Mapping):
        return attributes
    return {name: value for name, value in {**attributes, **new}.items() if value is not None}


def _mentioned(events: Iterable[RecordedEvent], country: str) -> set[str]:
    return {name for event in events for name in _names(event, country)}


def _names(event: RecordedEvent, country: str) -> Iterator[str]:
    if event.type == "internal":
        yield from changed_by(event, {})
        told = event.properties.get("attributes")
        yield from told if isinstance(told, Mapping) else ()
    elif event.type in ("identify", "group") or event.context:
        yield from attributes_after({}, accepted(event, ""), country=country)
        yield from event.properties if event.type == "identify" else ()
