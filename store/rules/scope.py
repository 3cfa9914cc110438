"""What a rule's SQL is about: the row of `customer`, in a `where` also one of `event`, and the time of asking."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import Mapped
from sqlmodel import col

from domain.account import Account
from domain.errors import InvalidInput
from domain.rules.rule import AllOf, AnyOf, Not, Rule
from store.tables.customers import Customer

Document = ColumnElement[Any] | Mapped[dict[str, Any]] | dict[str, Any]
"""A column of JSON."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`zone` is the name of the customer's zone; `arriving` the properties of the event that a `where` is about."""

    now: datetime
    account: Account
    zone: ColumnElement[str]
    arriving: Document | None = None

    def about(self, properties: Document) -> "Scope":
        """The scope of a `where` about an event with these properties."""
        return replace(self, arriving=properties)

    def found(self, root: str, path: str, *, spread: bool = True) -> ColumnElement[Any]:
        """A set of JSON values, one row each: what stands at `path`, lists replaced by their elements if `spread`.

        The path is a parameter of the query, never part of its text. Raises InvalidInput for what only a run knows.
        """
        keys = "".join(f".{json.dumps(key)}" for key in path.split("."))
        steps = cast(literal(f"lax ${keys}{'[*]' if spread else ''}", Text), JSONPATH)
        return func.jsonb_path_query(self._document(root), steps, type_=JSONB).column_valued(joins_implicitly=True)

    def _document(self, root: str) -> Document:
        if root == "customer":
            return col(Customer.attributes)
        if root == "arriving" and self.arriving is not None:
            return self.arriving
        raise InvalidInput(f"`{root}.` is known only in a run; a rule about all customers cannot ask for it.")


def combine(rule: Rule, leaf: Callable[[Rule], ColumnElement[bool]]) -> ColumnElement[bool]:
    """`any`, `all` and `not` over conditions that are never null; everything else is a leaf."""
    match rule:
        case AllOf():
            return and_(*[combine(part, leaf) for part in rule.of])
        case AnyOf():
            return or_(*[combine(part, leaf) for part in rule.of])
        case Not():
            return not_(combine(rule.of, leaf))
    return leaf(rule)


def some(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there are values for which all conditions hold, over the sets of values in them. Never null.

    Every table in them is that of the query around; left to itself SQLAlchemy would read a lone table anew.
    """
    return select(literal(1)).where(*conditions).correlate_except().exists()
