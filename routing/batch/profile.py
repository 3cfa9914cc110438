"""What an event changes in a customer's attributes. Pure.

Traits are merged deeply, null removes a key, lists are replaced. Traits of a group stand below `group`. Reserved traits
are normalised where that is possible and kept as they were sent where it is not: whoever uses one falls back (an unknown
time zone to the account's) or says no (an address that is none is not reachable).
"""

from collections.abc import Mapping

from pydantic import JsonValue

from domain.calendar import zone_names
from domain.events import AcceptedEvent
from store.customer.addresses import normalise

_SEGMENT = {"firstName": "first_name", "lastName": "last_name"}
"""Segment's reserved traits whose names are written differently here."""

_CHANNELS = {"email": "email", "phone": "sms"}


def attributes_after(
    attributes: dict[str, JsonValue], event: AcceptedEvent, *, country: str = "US"
) -> dict[str, JsonValue]:
    """The customer's attributes once the event is applied; the same object when it changes nothing.

    `country` (ISO 3166 alpha-2) is whose numbers are meant where a phone number has no country code.
    """
    if event.applied or event.type == "internal":
        return attributes
    traits = _traits(event)
    changed = merged(attributes, _normalised(traits, country)) if traits else attributes
    found = {name: value for name, value in _from_context(event.context).items() if name not in changed}
    changed = {**changed, **found} if found else changed
    return attributes if changed == attributes else changed


def merged(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """`new` over `old`, mapping by mapping; None removes what was there."""
    result = dict(old)
    for name, value in new.items():
        before = result.get(name)
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = merged(before if isinstance(before, dict) else {}, value)
        else:
            result[name] = value
    return result


def filled(survivor: Mapping[str, JsonValue], loser: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The survivor's attributes, with the loser's where the survivor has none."""
    result = dict(survivor)
    for name, value in loser.items():
        before = result.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            result[name] = filled(before, value)
        elif before is None:
            result[name] = value
    return result


def _traits(event: AcceptedEvent) -> dict[str, JsonValue]:
    """What the event says about the person: `context.traits`, then the traits of an identify; a group's below `group`."""
    given = event.context.get("traits")
    traits = dict(given) if isinstance(given, dict) else {}
    if event.type == "identify":
        traits |= event.traits
    elif event.type == "group":
        group = event.properties.get("groupId")
        traits["group"] = {**event.traits, **({"id": group} if group else {})}
    return traits


def _normalised(traits: Mapping[str, JsonValue], country: str) -> dict[str, JsonValue]:
    result = {_SEGMENT.get(name, name): value for name, value in traits.items() if _SEGMENT.get(name) not in traits}
    for name, channel in _CHANNELS.items():
        value = result.get(name)
        if isinstance(value, str):
            result[name] = normalise(channel, value, country=country) or value.strip()
    return result


def _from_context(context: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Zone and locale of the device: taken while nobody has said them."""
    zone, locale = context.get("timezone"), context.get("locale")
    found: dict[str, JsonValue] = {}
    if isinstance(zone, str) and zone in zone_names():
        found["timezone"] = zone
    if isinstance(locale, str) and locale.strip():
        found["locale"] = locale.strip().replace("_", "-")
    return found
