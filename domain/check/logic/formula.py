"""A rule as a formula of facts: `not` pushed down to the facts, `not` and `not_in` read as the opposite of `eq` and `in`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from domain.rules.rule import (
    Aggregate,
    AllOf,
    AnyOf,
    Compare,
    Did,
    Gap,
    InSegment,
    Not,
    Operator,
    Reachable,
    Reacted,
    Rule,
    ScoreIs,
    Subscribed,
    Test,
)

Computed = Aggregate | Gap
Said = Reacted | Reachable | Subscribed | InSegment


@dataclass(frozen=True, slots=True)
class Subject:
    """What a test looks at. `root` and `path` are those of a comparison; `computed` is the question behind a number.

    `is_number`: it can be nothing else. `is_there`: it is never missing. `is_whole`: a count.
    """

    name: str
    root: str = ""
    path: str = ""
    is_number: bool = False
    is_there: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """Some value of the subject passes the test; with `holds` false, none does. `key` tells tests apart."""

    subject: Subject
    test: Test
    holds: bool
    key: str
    computed: Computed | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """So many happenings of these events, with these properties, in the window. `at_most` None: without end."""

    events: frozenset[str]
    where: Rule | None
    in_last: timedelta | None
    at_least: int
    at_most: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """A question that is answered yes or no by what others know."""

    question: Said
    holds: bool


Fact = Tested | Counted | Answered


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """All of the parts, or any of them. Nothing in `all` is true, nothing in `any` is false."""

    kind: Literal["all", "any"]
    parts: tuple["Formula", ...] = ()


Formula = Fact | Group
TRUE = Group("all")
_SWITCHED = {Operator.NOT: Operator.EQ, Operator.NOT_IN: Operator.IN}
_NEVER_MISSING = ("sum", "count")


def formula(rule: Rule, *, holds: bool = True, arriving: str = "arriving") -> Formula:
    """The formula that says that the rule holds, or that it does not. `arriving`: the root under which properties are kept."""
    match rule:
        case AllOf(of=parts) | AnyOf(of=parts):
            is_all = isinstance(rule, AllOf) is holds
            return Group("all" if is_all else "any", tuple(formula(p, holds=holds, arriving=arriving) for p in parts))
        case Not(of=part):
            return formula(part, holds=not holds, arriving=arriving)
        case Compare(root=root, path=path):
            kept = arriving if root == "arriving" else root
            return _tests(Subject(f"{kept}.{path}", root=kept, path=path), rule.tests, holds)
        case ScoreIs():
            return _tests(Subject("score", is_number=True, is_there=True), rule.tests, holds)
        case Aggregate() | Gap():
            return _tests(_number(rule), rule.tests, holds, rule)
        case Did():
            return _did(rule, holds)
    return Answered(rule, holds)


def both(*parts: Formula) -> Formula:
    """All of these."""
    return Group("all", parts)


def facts_of(part: Formula) -> Iterator[Fact]:
    """Every fact of a formula, in its order."""
    if isinstance(part, Group):
        for inner in part.parts:
            yield from facts_of(inner)
    else:
        yield part


def _tests(subject: Subject, tests: tuple[Test, ...], holds: bool, computed: Computed | None = None) -> Formula:
    facts = tuple(_tested(subject, test, holds, computed) for test in tests)
    return facts[0] if len(facts) == 1 else Group("all" if holds else "any", facts)


def _tested(subject: Subject, test: Test, holds: bool, computed: Computed | None) -> Tested:
    if test.operator in _SWITCHED:
        test, holds = test.model_copy(update={"operator": _SWITCHED[test.operator]}), not holds
    elif test.operator is Operator.EXISTS:
        test, holds = Test(operator=Operator.EXISTS, value=True), holds is (test.value is True)
    return Tested(subject, test, holds, f"{test.operator} {test.value!r}", computed)


def _number(rule: Computed) -> Subject:
    asked = rule.model_copy(update={"tests": ()}).model_dump_json()
    is_count = isinstance(rule, Aggregate) and rule.function == "count"
    is_there = isinstance(rule, Aggregate) and rule.function in _NEVER_MISSING
    return Subject(asked, is_number=True, is_there=is_there, is_whole=is_count)


def _did(rule: Did, holds: bool) -> Formula:
    def counted(least: int, most: int | None) -> Counted:
        return Counted(frozenset(rule.events), rule.where, rule.in_last, least, most)

    if holds:
        return counted(rule.at_least, rule.at_most)
    others = [counted(0, rule.at_least - 1)] if rule.at_least > 0 else []
    others += [counted(rule.at_most + 1, None)] if rule.at_most is not None else []
    return others[0] if len(others) == 1 else Group("any", tuple(others))
