"""Comparisons as SQL: the twin of domain/rules/comparing.py. What cannot be compared is null in here and false outside."""

from collections.abc import Sequence
from datetime import timedelta
from operator import ge, gt, le, lt
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Numeric, Text, and_, case, cast, func, literal, not_, or_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE

from domain.rules.comparing import NEGATIONS
from domain.rules.rule import Compare, Operator, Ref, Rule, Test
from store.rules.instants import instant
from store.rules.scope import Scope, combine, some

_ORDER = {
    Operator.GT: gt,
    Operator.GTE: ge,
    Operator.LT: lt,
    Operator.LTE: le,
    Operator.BEFORE: lt,
    Operator.AFTER: gt,
}
_WHOLE: ColumnElement[Any] = literal([], ARRAY(Text))
"""The path to a JSON value itself: `#>>` with it gives the value as text."""


def compare(rule: Compare, scope: Scope) -> ColumnElement[bool]:
    """The value at the rule's path passes every test."""
    return and_(*[_test(rule, test, scope) for test in rule.tests])


def where(rule: Rule, scope: Scope) -> ColumnElement[bool]:
    """A rule of comparisons about the event in `scope`."""

    def leaf(part: Rule) -> ColumnElement[bool]:
        assert isinstance(part, Compare), "a where has only comparisons"
        return compare(part, scope)

    return combine(rule, leaf)


def compare_number(
    total: ColumnElement[Any], count: ColumnElement[int], tests: Sequence[Test], scope: Scope
) -> ColumnElement[bool]:
    """`total / count` passes every test; multiplied out, because a quotient would be rounded. A null passes only `not`."""
    conditions = []
    for test in tests:
        operator = NEGATIONS.get(test.operator, test.operator)
        scaled = number(_right(test, scope)) * count
        held = some(_ORDER[operator](total, scaled) if operator in _ORDER else total == scaled)
        conditions.append(not_(held) if test.operator in NEGATIONS else held)
    return and_(*conditions)


def number(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A JSON value as a number, else null."""
    return case((func.jsonb_typeof(value) == "number", cast(value, Numeric)))


def text(value: ColumnElement[Any]) -> ColumnElement[str]:
    """A JSON value as text if it is text, else null."""
    return case((func.jsonb_typeof(value) == "string", value.op("#>>", return_type=Text())(_WHOLE)))


def _test(rule: Compare, test: Test, scope: Scope) -> ColumnElement[bool]:
    operator = NEGATIONS.get(test.operator, test.operator)
    left = scope.found(rule.root, rule.path, spread=operator is not Operator.CONTAINS)
    if operator is Operator.EXISTS:
        there = some(func.jsonb_typeof(left) != "null")
        return there if test.value else not_(there)
    if operator in (Operator.IN_NEXT, Operator.IN_LAST):
        return some(_lies_within(left, test, scope))
    held = some(_pair(operator, left, _right(test, scope), test, scope))
    return not_(held) if test.operator in NEGATIONS else held


def _right(test: Test, scope: Scope) -> ColumnElement[Any]:
    """The values to compare with: a literal, or a set of values."""
    if isinstance(test.value, Ref):
        root, _, path = test.value.ref.partition(".")
        return scope.found(root, path)
    value = literal(test.value, JSONB)
    if isinstance(test.value, list):
        return func.jsonb_array_elements(value, type_=JSONB).column_valued(joins_implicitly=True)
    return value


def _pair(
    operator: Operator, left: ColumnElement[Any], right: ColumnElement[Any], test: Test, scope: Scope
) -> ColumnElement[bool]:
    if operator in (Operator.EQ, Operator.IN):
        return and_(left == right, _is_scalar(right))
    if operator in _ORDER:
        return _in_order(operator, left, right, test, scope)
    if operator is Operator.CONTAINS:
        part = func.strpos(text(left), text(right)) > 0
        return case((func.jsonb_typeof(left) == "array", and_(left.op("@>")(right), _is_scalar(right))), else_=part)
    whole, piece = text(left), text(right)
    if operator is Operator.STARTS_WITH:
        return func.starts_with(whole, piece)
    return func.right(whole, func.char_length(piece)) == piece


def _in_order(
    operator: Operator, left: ColumnElement[Any], right: ColumnElement[Any], test: Test, scope: Scope
) -> ColumnElement[bool]:
    """By number or by instant; what a literal is is known, what a reference leads to is not."""
    compared = _ORDER[operator]
    by_instant: ColumnElement[bool] = compared(instant(left, scope.zone), instant(right, scope.zone))
    if isinstance(test.value, str) or operator in (Operator.BEFORE, Operator.AFTER):
        return by_instant
    by_number = compared(number(left), number(right))
    return or_(by_number, by_instant) if isinstance(test.value, Ref) else by_number


def _lies_within(left: ColumnElement[Any], test: Test, scope: Scope) -> ColumnElement[bool]:
    """As a range, so that the instant is read once. The begin is outside, the end inside."""
    span = timedelta(seconds=float(test.value))  # type: ignore[arg-type]
    begin, end = (scope.now, scope.now + span) if test.operator is Operator.IN_NEXT else (scope.now - span, scope.now)
    window = func.tstzrange(begin, end, "(]", type_=TSTZRANGE)
    return window.op("@>", return_type=Boolean())(instant(left, scope.zone))


def _is_scalar(value: ColumnElement[Any]) -> ColumnElement[bool]:
    return func.jsonb_typeof(value).in_(("string", "number", "boolean"))
