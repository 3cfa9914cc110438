"""A rule as a query over all customers. The Python twin is domain/rules/evaluate.py; a property test holds them together.

Names and values of the rule are parameters of the query and never part of its text.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, Select, Text, cast, literal, or_, select
from sqlmodel import col

from domain.account import Account
from domain.errors import InvalidInput
from domain.rules.rule import (
    Aggregate,
    Compare,
    Did,
    Gap,
    InSegment,
    Reachable,
    Reacted,
    Rule,
    ScoreIs,
    Subscribed,
)
from store.rules.comparing import compare, compare_number
from store.rules.happenings import aggregate, did, gap
from store.rules.instants import zone_name
from store.rules.reach import reachable, subscribed
from store.rules.scope import Scope, combine
from store.tables.customers import Customer


def customers_matching(rule: Rule, *, now: datetime, account: Account) -> Select[UUID]:
    """The ids of the customers for whom the rule holds; merged ones are not asked.

    Raises InvalidInput for what has no meaning outside of a run (`event.`, `run.`, `item.`, `reacted`), and for segments.
    """
    scope = Scope(now=now, account=account, zone=zone_name(account))

    def leaf(part: Rule) -> ColumnElement[bool]:
        return _condition(part, scope)

    return select(col(Customer.id)).where(col(Customer.merged_into).is_(None), combine(rule, leaf))


def _condition(rule: Rule, scope: Scope) -> ColumnElement[bool]:
    match rule:
        case Compare():
            return compare(rule, scope)
        case ScoreIs():
            return compare_number(_score(), literal(1), rule.tests, scope)
        case Did():
            return did(rule, scope)
        case Aggregate():
            return aggregate(rule, scope)
        case Gap():
            return gap(rule, scope)
        case Reachable():
            return or_(*[reachable(channel, scope.account) for channel in rule.channels])
        case Subscribed():
            return subscribed(rule.topic)
        case Reacted():
            raise InvalidInput("`reacted` asks about a step of a run; a rule about all customers cannot.")
        case InSegment():
            raise InvalidInput(f"There is no segment `{rule.segment}`.")
    raise AssertionError(f"{rule.node} is a combination")


def _score() -> ColumnElement[Any]:
    """By way of text: a direct cast from double precision rounds to 15 digits."""
    return cast(cast(col(Customer.score), Text), Numeric)
