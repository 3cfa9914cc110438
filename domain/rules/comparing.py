"""How two values compare. Attributes have no declared type: what cannot be compared is None, never a guess.

Numbers are finite and compare by the decimal number that JSON writes, exactly as PostgreSQL's numeric does; a truth value
or a text of digits is no number. Text is equal by code points: upper and lower case, and composed and decomposed letters,
differ. Text is in an order only where both sides are instants (`domain.calendar.parse_instant`). A mapping compares
with nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from operator import ge, gt, le, lt

from pydantic import JsonValue

from domain.calendar import parse_instant
from domain.rules.rule import Operator

Exact = int | Fraction
"""A number without rounding."""

Left = JsonValue | Fraction
"""A value found in facts, or a number that was computed from history."""

_ORDER = {Operator.GT: gt, Operator.GTE: ge, Operator.LT: lt, Operator.LTE: le}
_INSTANTS = {Operator.BEFORE: lt, Operator.AFTER: gt}

NEGATIONS = {Operator.NOT: Operator.EQ, Operator.NOT_IN: Operator.IN}
"""Operators that hold exactly where their counterpart does not, so also where nothing can be compared."""


def number(value: Left) -> Exact | None:
    """The exact number that JSON would write for a value; None for all that is not a finite number."""
    if isinstance(value, float):
        return Fraction(Decimal(repr(value))) if isfinite(value) else None
    return value if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


def elements(values: Sequence[JsonValue]) -> list[JsonValue]:
    """The values with each list replaced by its elements (one level), without nulls: null is missing."""
    flat = [element for value in values for element in (value if isinstance(value, list) else (value,))]
    return [element for element in flat if element is not None]


def compare(operator: Operator, left: Left, right: JsonValue, zone: tzinfo) -> bool | None:
    """Whether `left operator right` holds for one value on each side; None if the two cannot be compared so.

    `operator` is one of eq, in, contains, starts_with, ends_with, gt, gte, lt, lte, before and after.
    """
    if operator in _ORDER:
        return _in_order(operator, left, right, zone)
    if operator in _INSTANTS:
        earlier, later = parse_instant(left, zone), parse_instant(right, zone)
        return _INSTANTS[operator](earlier, later) if earlier and later else None
    if operator in (Operator.EQ, Operator.IN):
        return _equal(left, right)
    if operator is Operator.CONTAINS and isinstance(left, list):
        return any(_equal(element, right) for element in left)
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    match operator:
        case Operator.CONTAINS:
            return right in left
        case Operator.STARTS_WITH:
            return left.startswith(right)
        case Operator.ENDS_WITH:
            return left.endswith(right)
    raise ValueError(f"{operator} does not compare two values")


def lies_within(operator: Operator, left: Left, seconds: float, now: datetime, zone: tzinfo) -> bool | None:
    """Whether an instant lies in the next or last so many seconds: later than the begin, not later than the end."""
    moment = parse_instant(left, zone)
    if moment is None:
        return None
    span = timedelta(seconds=seconds)
    return now < moment <= now + span if operator is Operator.IN_NEXT else now - span < moment <= now


def _equal(left: Left, right: JsonValue) -> bool | None:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) and isinstance(right, bool):
        return left is right
    one, other = number(left), number(right)
    return one == other if one is not None and other is not None else None


def _in_order(operator: Operator, left: Left, right: JsonValue, zone: tzinfo) -> bool | None:
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return bool(_ORDER[operator](one, other))
    earlier, later = parse_instant(left, zone), parse_instant(right, zone)
    return bool(_ORDER[operator](earlier, later)) if earlier and later else None
