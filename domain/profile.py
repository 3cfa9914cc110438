"""How large a customer's profile may become. Pure.

Every rule and every send reads the profile, so its size is paid for each time; and who has the write key of a page can send
traits for ever. What does not fit is left out, name by name, and told: the event that brought it keeps it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from pydantic import JsonValue

from domain.account import Account
from domain.events import AcceptedEvent, EventName, JsonObject, caused

Attributes = Mapping[str, JsonValue]
_TOLD = 20
"""Names that the report lists."""


class Fitted(NamedTuple):
    """A profile within its limits, and the attributes at its top that kept their old value for it."""

    attributes: dict[str, JsonValue]
    refused: tuple[str, ...] = ()


class Size(NamedTuple):
    """Of a profile or a part of it: names at every depth, and bytes as JSON in UTF-8."""

    names: int
    bytes: int

    def fits(self, account: Account) -> bool:
        return self.names <= account.max_attributes and self.bytes <= account.max_profile_kb * 1024


def fitted(old: Attributes, new: dict[str, JsonValue], account: Account) -> Fitted:
    """What `old` becomes when it is to become `new`. A change that makes an attribute no larger is always taken, and so
    is one that fits beside all the others, in their order."""
    if size_of(new).fits(account):
        return Fitted(new)
    result = {name: value for name, value in old.items() if name in new}
    names, bytes_ = size_of(result)
    refused = []
    for name, value in new.items():
        before = size_of({name: old[name]}) if name in old else Size(0, 0)
        after = size_of({name: value})
        size = Size(names - before.names + after.names, bytes_ - before.bytes + after.bytes)
        if name in old and value == old[name]:
            continue
        if size.fits(account) or (after.names <= before.names and after.bytes <= before.bytes):
            result[name] = value
            names, bytes_ = size
        else:
            refused.append(name)
    return Fitted(result, tuple(refused))


def size_of(attributes: Attributes) -> Size:
    """How large it is."""
    return Size(count_names(attributes), len(json.dumps(attributes, ensure_ascii=False).encode("utf-8", "replace")))


def count_names(value: object) -> int:
    """The names of an object and of all objects in it. Lists are one value: their bytes count."""
    if not isinstance(value, Mapping):
        return 0
    return len(value) + sum(count_names(item) for item in value.values() if isinstance(item, Mapping))


def refusal_event(event: AcceptedEvent, customer: UUID, refused: Sequence[str], account: Account) -> AcceptedEvent:
    """What the timeline says about it, and what a journey may listen for. It has the names, not the values."""
    said: JsonObject = {
        "attributes": [name[:100] for name in refused[:_TOLD]],
        "count": len(refused),
        "max_attributes": account.max_attributes,
        "max_profile_kb": account.max_profile_kb,
    }
    return caused(event, EventName.ATTRIBUTES_REFUSED, customer, f"{event.message_id}/refused", said)
