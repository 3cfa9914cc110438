"""What a rule is once it has been read: a small tree. `parse.py` makes it, `evaluate.py` answers it.

Language: docs/language.md, "Rules and references". Every node travels as JSON inside the compiled program.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from domain.frozen import Frozen


class Operator(StrEnum):
    EQ = "eq"
    NOT = "not"
    IN = "in"
    NOT_IN = "not_in"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    EXISTS = "exists"
    IN_NEXT = "in_next"
    IN_LAST = "in_last"
    BEFORE = "before"
    AFTER = "after"


class Ref(Frozen):
    """`{ref: event.cart_id}`: a value looked up when the rule is asked. `path` keeps its root (event. run. item. or customer.)."""

    ref: str


RefOrValue = Annotated[Ref | JsonValue, Field(union_mode="left_to_right")]
"""A literal or a reference. Tried from left to right, so that `{"ref": …}` is a reference again after a trip through JSON."""


class Test(Frozen):
    """One operator and its right-hand side. Durations (in_next, in_last) are seconds; instants are ISO 8601 strings."""

    __test__ = False

    operator: Operator
    value: RefOrValue


Root = Literal["customer", "event", "run", "item", "arriving"]


class Compare(Frozen):
    """A value at `path` passes every test. The path's root is `customer`, `event`, `run`, `item` or, in a `where`, `arriving`.

    Dots in `path` go deeper; an empty path is the root itself (`item: red`).
    """

    node: Literal["compare"] = "compare"
    root: Root = "customer"
    path: str
    tests: tuple[Test, ...]


class ScoreIs(Frozen):
    node: Literal["score"] = "score"
    tests: tuple[Test, ...]


class Did(Frozen):
    """The customer did `event` between `at_least` and `at_most` times within the last `in_last`. `did_not` is `at_most=0`."""

    node: Literal["did"] = "did"
    events: tuple[str, ...]
    where: "Rule | None" = None
    in_last: timedelta | None = None
    at_least: int = 1
    at_most: int | None = None


class Aggregate(Frozen):
    """`sum: {of: Order Completed.total, in_last: 365d, gte: 500}`; count may have no property, and then counts events."""

    node: Literal["aggregate"] = "aggregate"
    function: Literal["sum", "avg", "min", "max", "count"]
    event: str
    property: str | None = None
    where: "Rule | None" = None
    in_last: timedelta | None = None
    tests: tuple[Test, ...]


class Gap(Frozen):
    """Time between consecutive occurrences of an event; the tests' values are seconds. False below `at_least` gaps."""

    node: Literal["gap"] = "gap"
    event: str
    stat: Literal["median", "mean", "min", "max", "last"] = "median"
    at_least: int = 1
    tests: tuple[Test, ...]


class Reacted(Frozen):
    """The customer reacted to what `to` (a send step of this run) sent. Machine reactions never count."""

    node: Literal["reacted"] = "reacted"
    to: str
    how: Literal["delivered", "opened", "clicked", "replied", "bounced", "unsubscribed"] = "clicked"
    link: str | None = None
    in_last: timedelta | None = None


class Reachable(Frozen):
    """Has an address, consent and no suppression for one of these channels."""

    node: Literal["reachable"] = "reachable"
    channels: tuple[str, ...]


class Subscribed(Frozen):
    node: Literal["subscribed"] = "subscribed"
    topic: str


class InSegment(Frozen):
    node: Literal["in_segment"] = "in_segment"
    segment: str


class AllOf(Frozen):
    node: Literal["all"] = "all"
    of: tuple["Rule", ...]


class AnyOf(Frozen):
    node: Literal["any"] = "any"
    of: tuple["Rule", ...]


class Not(Frozen):
    node: Literal["not"] = "not"
    of: "Rule"


Rule = Annotated[
    Compare | ScoreIs | Did | Aggregate | Gap | Reacted | Reachable | Subscribed | InSegment | AllOf | AnyOf | Not,
    Field(discriminator="node"),
]

for _model in (Did, Aggregate, AllOf, AnyOf, Not):
    _model.model_rebuild()
