"""Whether one value can pass some tests and fail others, whatever its kind: a truth value, number, text, or something else.

The kinds are looked at one by one, because a comparison that cannot be made is false: a text is neither above five nor
at most five. Sound in one direction: `False` is certain, `True` means that nothing speaks against it.
"""

from collections.abc import Collection, Sequence
from datetime import UTC
from fractions import Fraction
from math import ceil, floor, inf

from pydantic import JsonValue

from domain.check.logic.formula import Subject
from domain.check.logic.texts import text_can
from domain.rules.comparing import Exact, compare, number
from domain.rules.rule import Operator, Ref, Test

Bound = Fraction | int | float
EQUALITY = (Operator.EQ, Operator.IN)
ORDER = (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
OPPOSITE = dict(zip(ORDER, (Operator.LTE, Operator.LT, Operator.GTE, Operator.GT), strict=True))
"""What holds of two numbers where the other does not."""


def one_value_can(passes: Sequence[Test], fails: Sequence[Test], subject: Subject) -> bool:
    """Whether there can be a value that passes all of the one and none of the other. References may be anything."""
    if any(test.operator is Operator.EXISTS for test in fails):
        return False
    passes = [test for test in passes if _is_literal(test)]
    fails = [test for test in fails if _is_literal(test)]
    if subject.is_number:
        return number_can(passes, fails, is_whole=subject.is_whole, least=0 if subject.is_whole else -inf)
    return (
        not passes
        or any(_truth_can(value, passes, fails) for value in (True, False))
        or number_can(passes, fails)
        or text_can(passes, fails)
    )


def _is_literal(test: Test) -> bool:
    return test.operator is not Operator.EXISTS and not isinstance(test.value, Ref)


def _options(test: Test) -> list[JsonValue]:
    """The values that `eq` and `in` allow; none for other operators."""
    if test.operator not in EQUALITY or isinstance(test.value, Ref):
        return []
    return test.value if isinstance(test.value, list) else [test.value]


def numbers_of(test: Test) -> set[Bound]:
    """The numbers that `eq` and `in` allow."""
    return {exact for option in _options(test) if (exact := number(option)) is not None}


def edge_of(test: Test) -> Exact | None:
    """The number that a test of order compares with; None for other tests, and where it is an instant."""
    is_other = test.operator not in ORDER or isinstance(test.value, Ref | list | dict)
    return None if is_other else number(test.value)  # type: ignore[arg-type]


def _truth_can(value: bool, passes: Sequence[Test], fails: Sequence[Test]) -> bool:
    def holds(test: Test) -> bool:
        return any(compare(Operator.EQ, value, option, UTC) for option in _options(test))

    return all(holds(test) for test in passes) and not any(holds(test) for test in fails)


def number_can(passes: Sequence[Test], fails: Sequence[Test], *, is_whole: bool = False, least: Bound = -inf) -> bool:
    """Whether there is such a number; `is_whole` asks for a whole one, not below `least`."""
    span = Span(low=least)
    allowed: set[Bound] | None = None
    for test in passes:
        if test.operator in EQUALITY:
            allowed = numbers_of(test) if allowed is None else allowed & numbers_of(test)
        elif (edge := edge_of(test)) is not None:
            span.cut(test.operator, edge)
        else:
            return False
    without: set[Bound] = set()
    for test in fails:
        without |= numbers_of(test)
        if (edge := edge_of(test)) is not None:
            span.cut(OPPOSITE[test.operator], edge)
    if allowed is not None:
        return any(span.holds(one) and one not in without and (not is_whole or one == int(one)) for one in allowed)
    return span.has_whole(without) if is_whole else span.has_any(without)


class Span:
    """Numbers between two edges, each of which may belong to it or not."""

    def __init__(self, low: Bound = -inf, high: Bound = inf) -> None:
        self.low, self.high = low, high
        self.has_low = self.has_high = True

    def cut(self, operator: Operator, edge: Bound) -> None:
        """Leaves only what compares so with the edge."""
        is_closed = operator in (Operator.GTE, Operator.LTE)
        if operator in (Operator.GT, Operator.GTE):
            if edge > self.low or (edge == self.low and not is_closed):
                self.low, self.has_low = edge, is_closed
        elif edge < self.high or (edge == self.high and not is_closed):
            self.high, self.has_high = edge, is_closed

    def holds(self, value: Bound) -> bool:
        above = value > self.low or (value == self.low and self.has_low)
        return above and (value < self.high or (value == self.high and self.has_high))

    def has_any(self, without: Collection[Bound]) -> bool:
        """Whether a number is left: between two edges there are more than could be named."""
        return self.low < self.high or (self.low == self.high and self.holds(self.low) and self.low not in without)

    def wholes(self) -> tuple[int, int | None]:
        """The least and greatest whole number; None: there is no greatest. There are none where the one exceeds the other."""
        low = ceil(self.low) if self.has_low or self.low != ceil(self.low) else int(self.low) + 1
        if self.high == inf:
            return low, None
        return low, floor(self.high) if self.has_high or self.high != floor(self.high) else int(self.high) - 1

    def has_whole(self, without: Collection[Bound]) -> bool:
        low, high = self.wholes()
        if high is None or high - low >= len(without):
            return high is None or high >= low
        return any(whole not in without for whole in range(low, high + 1))
