"""Reads the mapping that a rule is: each entry a condition, all of them required; `any`, `all` and `not` combine rules."""

from collections.abc import Callable, Mapping

from domain.rules.reading.comparisons import read_tests
from domain.rules.reading.place import MAX_DEPTH, Place, kind_of
from domain.rules.references import is_path
from domain.rules.rule import AllOf, AnyOf, Compare, Not, Root, Rule

Entry = Callable[[str, object, Place], Rule | None]
"""Reads one entry that is not a combination."""

COMBINATIONS = ("any", "all", "not")


def read_conditions(raw: object, place: Place, entry: Entry) -> Rule | None:
    """The rule that a mapping says. None if something was refused."""
    if not isinstance(raw, Mapping):
        remedy = "Write all: […] or any: […]." if isinstance(raw, list) else "Write one as in {plan: pro}."
        place.refuse(f"{kind_of(raw)} stands where a rule should.", remedy, "wrong_type")
        return None
    if not raw:
        place.refuse("A rule without conditions says nothing.", "Write a condition, or leave the rule out.", "empty")
        return None
    if place.depth > MAX_DEPTH:
        place.refuse("This rule is too deep to be read.", "Use fewer levels of any, all and not.", "too_deep")
        return None
    rules = [rule for key, value in raw.items() if (rule := _condition(key, value, place, entry)) is not None]
    return rules[0] if len(rules) == 1 else AllOf(of=tuple(rules))


def read_where(raw: object, place: Place) -> Rule | None:
    """A rule whose left names are properties of the arriving event."""

    def read_property(name: str, value: object, at: Place) -> Rule | None:
        return read_compare("arriving", name, value, at)

    return read_conditions(raw, place, read_property)


def read_compare(root: Root, path: str, raw: object, place: Place) -> Rule | None:
    """A comparison of what stands at `path` below `root`."""
    if path and not is_path(path):
        place.refuse(f"`{path}` is not a name.", "Write parts between single dots, as in address.city.", "invalid_name")
        return None
    tests = read_tests(raw, place)
    return Compare(root=root, path=path, tests=tests) if tests else None


def _condition(key: object, raw: object, place: Place, entry: Entry) -> Rule | None:
    if not isinstance(key, str) or not key:
        place.refuse(f"{kind_of(key)} stands where a name should.", "Names are text; put it in quotes.", "invalid_name")
        return None
    if key == "not":
        inner = read_conditions(raw, place.at(key), entry)
        return Not(of=inner) if inner is not None else None
    if key in COMBINATIONS:
        return _combination(key, raw, place.at(key), entry)
    return entry(key, raw, place.at(key))


def _combination(key: str, raw: object, place: Place, entry: Entry) -> Rule | None:
    if not isinstance(raw, list) or not raw:
        place.refuse(
            f"{kind_of(raw)} stands where a list of rules should.", f"Write {key}: [{{…}}, {{…}}].", "wrong_type"
        )
        return None
    read = [read_conditions(element, place.element(index), entry) for index, element in enumerate(raw)]
    rules = tuple(rule for rule in read if rule is not None)
    return AnyOf(of=rules) if key == "any" else AllOf(of=rules)
