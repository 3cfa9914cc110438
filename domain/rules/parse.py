"""Reads a rule as authors write it. Everything that is wrong with it is said at once, with place and remedy.

A rule is a mapping; all its entries are required. On the left stand attributes of the customer, `event.`, `run.` and
`item.` paths, the questions (`did`, `sum`, `score` …) and the combinations `any`, `all`, `not`. An attribute that has the
name of one of these words is written `customer.sum`. In a `where` (root `arriving`) every left name, but for the
combinations, is a property of the arriving event. Regular expressions are not part of the language.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue

from domain.errors import InvalidDocument
from domain.rules.reading.conditions import COMBINATIONS, read_compare, read_conditions, read_where
from domain.rules.reading.place import Place, did_you_mean
from domain.rules.reading.questions import QUESTIONS
from domain.rules.references import ROOTS
from domain.rules.rule import Root, Rule


def parse_rule(
    raw: JsonValue | Mapping[str, JsonValue], *, path: str, root: Literal["customer", "arriving"] = "customer"
) -> Rule:
    """The rule that stands at `path` of a document. Raises InvalidDocument with every problem."""
    place = Place(path)
    rule = read_where(raw, place) if root == "arriving" else read_conditions(raw, place, _entry)
    if place.problems or rule is None:
        raise InvalidDocument(place.problems)
    return rule


def _entry(name: str, raw: object, place: Place) -> Rule | None:
    if name in QUESTIONS:
        return QUESTIONS[name](raw, place)
    if _is_mistaken_question(name, raw):
        place.refuse(f"There is no `{name}` here.", did_you_mean(name, (*QUESTIONS, *COMBINATIONS)), "unknown_key")
        return None
    first, dot, rest = name.partition(".")
    if first not in ROOTS:
        return read_compare("customer", name, raw, place)
    if not dot and first != "item":
        place.refuse(
            f"`{first}` names no value.", f"Write {first}.name, or customer.{first} for an attribute.", "invalid_name"
        )
        return None
    root: Root = first  # type: ignore[assignment]
    return read_compare(root, rest, raw, place)


def _is_mistaken_question(name: str, raw: object) -> bool:
    """`did_nt: {event: …}` would be an attribute with an unknown operator; the slip is in the name."""
    asks = isinstance(raw, Mapping) and not raw.keys().isdisjoint(("event", "of", "to"))
    return asks and did_you_mean(name, QUESTIONS).startswith("Did")
