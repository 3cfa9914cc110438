"""How often things can have happened: what is counted in a narrower question is counted in a wider one too.

`did` and `did_not`, counts, and every number that needs something to have happened speak of the same happenings.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.check.logic.formula import Computed, Counted, Subject, Tested
from domain.check.logic.values import OPPOSITE, Span, edge_of, numbers_of, one_value_can
from domain.rules.rule import Aggregate, Operator, Rule, Test

Implies = Callable[[Rule, Rule], bool]
"""Whether every happening that passes the one rule passes the other."""

Never = Callable[[Rule], bool]
"""Whether no happening passes the rule."""

_ZERO = Test(operator=Operator.EQ, value=0)


def counts_agree(counted: Sequence[Counted], tested: Sequence[Tested], implies: Implies, never: Never) -> bool:
    """Whether these numbers of happenings can all be true at once. False is certain."""
    every = [*counted, *_counts_of(tested)]
    for one in every:
        if one.at_least > 0 and one.where is not None and never(one.where):
            return False
    needed = [one for one in every if one.at_least > 0]
    limits = [(one, one.at_most) for one in every if one.at_most is not None]
    return not any(
        narrow.at_least > most and _lies_within(narrow, wide, implies) for narrow in needed for wide, most in limits
    )


def _lies_within(narrow: Counted, wide: Counted, implies: Implies) -> bool:
    """Whether every happening that the one counts is counted by the other."""
    return (
        narrow.events <= wide.events
        and (wide.in_last is None or (narrow.in_last is not None and narrow.in_last <= wide.in_last))
        and (wide.where is None or (narrow.where is not None and implies(narrow.where, wide.where)))
    )


@dataclass(slots=True)
class _Number:
    """What is asked of one computed number."""

    computed: Computed
    passes: list[Tested]
    fails: list[Tested]


def _counts_of(tested: Iterable[Tested]) -> Iterable[Counted]:
    numbers: dict[str, _Number] = {}
    for fact in tested:
        if fact.computed is not None:
            asked = numbers.setdefault(fact.subject.name, _Number(fact.computed, [], []))
            (asked.passes if fact.holds else asked.fails).append(fact)
    for asked in numbers.values():
        yield from _needed(asked)


def _needed(asked: _Number) -> Iterable[Counted]:
    """How many happenings a number needs. A sum or count of nothing is zero; other numbers of nothing there are none."""
    computed = asked.computed
    if isinstance(computed, Aggregate):
        if computed.function == "count" and computed.property is None:
            least, most = _range(asked)
            yield _happened(computed.event, computed.where, computed.in_last, least, most)
        elif computed.function not in ("sum", "count"):
            if asked.passes:
                yield _happened(computed.event, computed.where, computed.in_last, 1, None)
        elif not one_value_can([_ZERO, *_tests(asked.passes)], _tests(asked.fails), _subject(asked)):
            yield _happened(computed.event, computed.where, computed.in_last, 1, None)
    elif asked.passes:
        yield _happened(computed.event, None, None, max(computed.at_least, 1) + 1, None)


def _happened(event: str, where: Rule | None, in_last: timedelta | None, least: int, most: int | None) -> Counted:
    return Counted(frozenset({event}), where, in_last, least, most)


def _tests(facts: Iterable[Tested]) -> list[Test]:
    return [fact.test for fact in facts]


def _subject(asked: _Number) -> Subject:
    return (asked.passes or asked.fails)[0].subject


def _range(asked: _Number) -> tuple[int, int | None]:
    """The least and greatest count that the tests of order and of equality leave."""
    span = Span(low=0)
    for test in _tests(asked.passes):
        if (edge := edge_of(test)) is not None:
            span.cut(test.operator, edge)
        elif listed := numbers_of(test):
            span.cut(Operator.GTE, min(listed))
            span.cut(Operator.LTE, max(listed))
    for test in _tests(asked.fails):
        if (edge := edge_of(test)) is not None:
            span.cut(OPPOSITE[test.operator], edge)
    return span.wholes()
