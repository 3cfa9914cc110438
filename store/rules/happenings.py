"""What a customer did, as SQL: the twin of domain/rules/happenings.py."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, not_, select
from sqlmodel import col

from domain.rules.rule import Aggregate, Did, Gap, Rule
from store.rules.comparing import compare_number, number, where
from store.rules.scope import Scope
from store.tables.customers import Customer
from store.tables.events import Event


def did(rule: Did, scope: Scope) -> ColumnElement[bool]:
    """The customer did it between `at_least` and `at_most` times."""
    conditions = _happened(rule.events, rule.in_last, rule.where, scope)
    ever = select(literal(1)).select_from(Event).where(*conditions).correlate_except(Event).exists()
    if rule.at_most == 0:
        return not_(ever)
    if rule.at_least == 1 and rule.at_most is None:
        return ever
    times = select(func.count()).select_from(Event).where(*conditions).correlate_except(Event).scalar_subquery()
    least = times >= rule.at_least
    return least if rule.at_most is None else and_(least, times <= rule.at_most)


def aggregate(rule: Aggregate, scope: Scope) -> ColumnElement[bool]:
    """The sum, average, least, greatest or count of what events say passes every test."""
    conditions = _happened((rule.event,), rule.in_last, rule.where, scope)
    if rule.property is None:
        return _passes(select(func.count().label("total"), literal(1).label("parts")), conditions, rule, scope)
    value = scope.about(col(Event.properties)).found("arriving", rule.property)
    numbers = number(value)
    total, parts = {
        "sum": (func.coalesce(func.sum(numbers), 0), literal(1)),
        "avg": (func.sum(numbers), func.count(numbers)),
        "min": (func.min(numbers), literal(1)),
        "max": (func.max(numbers), literal(1)),
        "count": (func.count(value).filter(func.jsonb_typeof(value) != "null"), literal(1)),
    }[rule.function]
    return _passes(select(total.label("total"), parts.label("parts")), conditions, rule, scope)


def gap(rule: Gap, scope: Scope) -> ColumnElement[bool]:
    """The time between consecutive happenings passes every test, if there are gaps enough."""
    at, order = col(Event.timestamp), (col(Event.timestamp), col(Event.id))
    spans = (
        select(
            func.extract("epoch", at - func.lag(at).over(order_by=order)).label("seconds"),
            func.row_number().over(order_by=order).label("place"),
        )
        .where(*_happened((rule.event,), None, None, scope))
        .correlate(Customer)
        .subquery()
    )
    seconds = spans.c.seconds
    ranked = (
        select(
            seconds,
            func.row_number().over(order_by=seconds).label("rank"),
            func.count().over().label("gaps"),
            spans.c.place,
        )
        .where(seconds.is_not(None))
        .subquery()
    )
    rank, gaps = ranked.c.rank, ranked.c.gaps
    chosen: dict[str, ColumnElement[bool]] = {
        "median": rank.between((gaps + 1) // 2, gaps // 2 + 1),
        "mean": rank >= 1,
        "min": rank == 1,
        "max": rank == gaps,
        "last": ranked.c.place == gaps + 1,
    }
    totals = (
        select(func.sum(ranked.c.seconds).label("total"), func.count().label("parts"))
        .where(gaps >= rule.at_least, chosen[rule.stat])
        .subquery()
    )
    return select(compare_number(totals.c.total, totals.c.parts, rule.tests, scope)).scalar_subquery()


def _happened(
    names: Sequence[str], in_last: timedelta | None, rule: Rule | None, scope: Scope
) -> list[ColumnElement[bool]]:
    at = col(Event.timestamp)
    conditions = [col(Event.customer_id) == col(Customer.id), col(Event.name).in_(names), at <= scope.now]
    if in_last is not None:
        conditions.append(at > scope.now - in_last)
    if rule is not None:
        conditions.append(where(rule, scope.about(col(Event.properties))))
    return conditions


def _passes(
    totals: Select[Any, Any], conditions: Sequence[ColumnElement[bool]], rule: Aggregate, scope: Scope
) -> ColumnElement[bool]:
    computed = totals.select_from(Event).where(*conditions).correlate(Customer).subquery()
    return select(compare_number(computed.c.total, computed.c.parts, rule.tests, scope)).scalar_subquery()
