"""Paths into what is known: `event.cart_id`, `customer.address.city`. Dots go deeper; through a list they mean any element."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from domain.rules.facts import Facts
from domain.rules.rule import Ref

ROOTS = ("event", "run", "item", "customer")

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> bool:
    """Whether text can be kept by the database: no NUL and no lone surrogate."""
    return not _UNSTORABLE.search(text)


def is_path(text: str) -> bool:
    """Whether text names something: parts between dots, none of them empty."""
    return storable(text) and all(text.split("."))


def parse_ref(text: object) -> Ref:
    """`event.cart_id` or `item` as a reference. Raises ValueError with the form that would have been right."""
    if not isinstance(text, str) or not is_path(text):
        raise ValueError(f"{text!r} is not a reference; write one as in event.cart_id")
    root, _, rest = text.partition(".")
    if root not in ROOTS:
        raise ValueError(f"{text!r} begins with none of `event.`, `run.`, `item.` and `customer.`")
    if not rest and root != "item":
        raise ValueError(f"{text!r} names no value; write one as in {text}.name")
    return Ref(ref=text)


def look_up(ref: str, facts: Facts) -> JsonValue:
    """The value a reference leads to; None when there is none. A path through a list gives the list of what its elements have."""
    root, _, path = ref.partition(".")
    values, many = _walk(root_value(root, facts), path)
    if many:
        return values
    return values[0] if values else None


def found(value: object, path: str) -> list[JsonValue]:
    """Everything at `path` below a value. A list on the way is gone through one level; an empty path is the value itself."""
    return _walk(value, path)[0]


def root_value(root: str, facts: Facts) -> object:
    """What a root stands for: the mapping its paths go into, or for `item` the element."""
    match root:
        case "customer":
            return facts.attributes
        case "event":
            return facts.event
        case "run":
            return facts.run
        case "item":
            return facts.item
        case "arriving":
            return facts.arriving
    raise ValueError(f"{root!r} is not a root of references")


def _walk(value: object, path: str) -> tuple[list[JsonValue], bool]:
    values: list[object] = [value]
    many = False
    for part in path.split(".") if path else ():
        many = many or any(isinstance(value, list) for value in values)
        elements = [element for value in values for element in (value if isinstance(value, list) else (value,))]
        values = [element[part] for element in elements if isinstance(element, Mapping) and part in element]
    return [_json(value) for value in values], many


def _json(value: object) -> JsonValue:
    """What stands in facts is JSON; a root may be any mapping, so it is copied into the kind that JSON has."""
    return dict(value) if isinstance(value, Mapping) else value  # type: ignore[return-value]
