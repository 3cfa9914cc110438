"""Reads the right-hand side of a comparison: `pro`, `[DE, AT]`, `{gte: 18, lt: 30}`, `{ref: event.cart_id}`."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from math import isfinite
from typing import Literal

from pydantic import JsonValue

from domain.calendar import is_instant
from domain.durations import parse_duration
from domain.rules.reading.place import Place, did_you_mean, kind_of
from domain.rules.references import parse_ref, storable
from domain.rules.rule import Operator, Ref, Test

Kind = Literal["value", "number", "duration"]
"""What is compared: an attribute or property, a number that was computed, or a span of time."""

Read = Callable[[object, Place], JsonValue]

LONGEST = timedelta(days=36_525)
"""A century: how far a rule can look back or ahead."""

ORDER = (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
NUMERIC = (Operator.EQ, Operator.NOT, Operator.IN, Operator.NOT_IN, *ORDER)
_LISTS = (Operator.IN, Operator.NOT_IN)
_WINDOWS = (Operator.IN_NEXT, Operator.IN_LAST)
_SIXTY_FOUR_BITS = range(-(2**63), 2**63)


def read_tests(raw: object, place: Place, kind: Kind = "value") -> tuple[Test, ...]:
    """The tests that a right-hand side asks for: a literal means equals, a list one of, several operators all of them."""
    if not isinstance(raw, Mapping):
        return _test(Operator.IN if isinstance(raw, list) else Operator.EQ, raw, place, kind)
    if "ref" in raw:
        return _test(Operator.EQ, raw, place, kind)
    if not raw:
        place.refuse("There is nothing to compare with.", "Write a value, or operators as in {gte: 18}.", "empty")
    known = NUMERIC if kind != "value" else tuple(Operator)
    tests: tuple[Test, ...] = ()
    for name, value in raw.items():
        at = place.at(str(name))
        if name in known:
            tests += _test(Operator(name), value, at, kind)
        else:
            at.refuse(f"There is no operator `{name}` here.", did_you_mean(str(name), known), "unknown_operator")
    return tests


def read_span(raw: object, place: Place) -> timedelta | None:
    """A span that a rule looks back or ahead: longer than nothing, at most a century. Refused otherwise."""
    try:
        span = parse_duration(raw)
    except ValueError as error:
        place.refuse(f"{error}.", code="invalid_duration")
        return None
    if span <= timedelta(0):
        place.refuse(f"{raw} is no time at all.", "Write a duration longer than zero, as in 3d.", "invalid_duration")
        return None
    if span > LONGEST:
        place.refuse(f"{raw} is longer than a century.", "Leave it out to look at all time.", "invalid_duration")
        return None
    return span


def _test(operator: Operator, raw: object, place: Place, kind: Kind) -> tuple[Test, ...]:
    before = len(place.problems)
    value = _value(operator, raw, place, kind)
    return () if len(place.problems) > before else (Test(operator=operator, value=value),)


def _value(operator: Operator, raw: object, place: Place, kind: Kind) -> Ref | JsonValue:
    if operator in _WINDOWS:
        span = read_span(raw, place)
        return span.total_seconds() if span else None
    if operator is Operator.EXISTS:
        return _expect(raw, place, isinstance(raw, bool), "Write true or false.")
    if kind == "duration":
        return _elements(operator, raw, place, _seconds)
    if isinstance(raw, Mapping):
        return _ref(raw, place)
    return _elements(operator, raw, place, _number if kind == "number" else _LITERALS.get(operator, _scalar))


def _elements(operator: Operator, raw: object, place: Place, read: Read) -> JsonValue:
    """One literal; for `in` and `not_in` a list of them."""
    if operator not in _LISTS:
        if isinstance(raw, list):
            return _expect(raw, place, False, "For one of several write in: […], for none of them not_in: […].")
        return read(raw, place)
    if not isinstance(raw, list) or not raw:
        return _expect(raw, place, False, f"Write a list of at least one value, as in {operator.value}: [DE, AT].")
    return [read(element, place.element(index)) for index, element in enumerate(raw)]


def _ref(raw: Mapping[str, object], place: Place) -> Ref | None:
    fields = place.mapping(raw, ("ref",), "{ref: event.cart_id}")
    if not fields or len(fields) < len(raw):
        return None
    try:
        return parse_ref(fields["ref"])
    except ValueError as error:
        place.at("ref").refuse(f"{error}.", code="unknown_reference")
        return None


def _scalar(raw: object, place: Place) -> JsonValue:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return _number(raw, place)
    if raw is None:
        return _expect(raw, place, False, "Write {exists: false} to ask whether a value is missing.")
    return _text(raw, place)


def _text(raw: object, place: Place) -> JsonValue:
    return _expect(raw, place, isinstance(raw, str) and storable(raw), "Write text without NUL or broken characters.")


def _number(raw: object, place: Place) -> JsonValue:
    whole = isinstance(raw, int) and not isinstance(raw, bool) and raw in _SIXTY_FOUR_BITS
    fits = whole or (isinstance(raw, float) and isfinite(raw))
    return _expect(raw, place, fits, "Write a number of at most 64 bits, without quotes.")


def _instant(raw: object, place: Place) -> JsonValue:
    fits = isinstance(raw, str) and is_instant(raw)
    return _expect(raw, place, fits, "Write a date or time as in 2026-12-24 or 2026-12-24T09:00Z.")


def _order(raw: object, place: Place) -> JsonValue:
    if isinstance(raw, str):
        fits = is_instant(raw)
        return _expect(raw, place, fits, "Only numbers (without quotes) and dates as in 2026-12-24 have an order.")
    return _number(raw, place)


def _seconds(raw: object, place: Place) -> JsonValue:
    span = read_span(raw, place)
    return span.total_seconds() if span else None


def _expect(raw: object, place: Place, fits: bool, remedy: str) -> JsonValue:
    if fits:
        return raw  # type: ignore[return-value]
    place.refuse(f"{kind_of(raw)} cannot stand here.", remedy, "wrong_type")
    return None


_LITERALS: Mapping[Operator, Read] = {
    **dict.fromkeys(ORDER, _order),
    **dict.fromkeys((Operator.STARTS_WITH, Operator.ENDS_WITH), _text),
    **dict.fromkeys((Operator.BEFORE, Operator.AFTER), _instant),
}
