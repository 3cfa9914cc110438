"""Whether one text can pass some tests and fail others: what it is, begins with, ends with, contains, and when it is.

An instant without an offset depends on the customer's zone, so it counts as any moment within a day around itself; what
lies in the next or last days depends on when it is asked and is only compared with its like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from domain.calendar import parse_instant
from domain.rules.comparing import compare
from domain.rules.rule import Operator, Test

_ZONES = (timezone(timedelta(hours=23, minutes=59)), timezone(-timedelta(hours=23, minutes=59)))
"""Further from UTC than any zone has ever been."""

_LOWER = {Operator.GT: True, Operator.GTE: False, Operator.AFTER: True}
_UPPER = {Operator.LT: True, Operator.LTE: False, Operator.BEFORE: True}
"""Which side of an instant is meant, and whether the instant itself is left out."""

_WINDOWS = (Operator.IN_NEXT, Operator.IN_LAST)


def text_can(passes: Sequence[Test], fails: Sequence[Test]) -> bool:
    """Whether there can be such a text."""
    named = [_texts(test) for test in passes if test.operator in (Operator.EQ, Operator.IN)]
    if named:
        common = set(named[0]).intersection(*named[1:])
        return any(_can_be(text, passes, fails) for text in common)
    if any(not isinstance(test.value, str) for test in passes if test.operator not in _WINDOWS):
        return False
    return _parts_agree(passes, fails) and _moments_agree(passes, fails)


def _texts(test: Test) -> list[str]:
    options = test.value if isinstance(test.value, list) else [test.value]
    return [option for option in options if isinstance(option, str)]


def _can_be(text: str, passes: Sequence[Test], fails: Sequence[Test]) -> bool:
    return all(_holds(text, test) is not False for test in passes) and not any(_holds(text, test) for test in fails)


def _holds(text: str, test: Test) -> bool | None:
    """Whether this text passes the test; None where that depends on the zone or on the time."""
    if test.operator in (Operator.EQ, Operator.IN):
        return text in _texts(test)
    if test.operator in _WINDOWS:
        return None if parse_instant(text, UTC) else False
    if test.operator in _LOWER or test.operator in _UPPER:
        outcomes = {compare(test.operator, text, test.value, zone) for zone in (*_ZONES, UTC)}  # type: ignore[arg-type]
        return bool(outcomes.pop()) if len(outcomes) == 1 and (None in outcomes or _is_fixed(text, test)) else None
    return bool(compare(test.operator, text, test.value, UTC))  # type: ignore[arg-type]


def _is_fixed(text: str, test: Test) -> bool:
    """Whether both instants are the same in every zone, or more than two days apart."""
    mine, other = _Edge.of(text), _Edge.of(str(test.value))
    return mine.text == other.text or mine.latest < other.earliest or other.latest < mine.earliest or mine.is_fixed


def _parts_agree(passes: Sequence[Test], fails: Sequence[Test]) -> bool:
    begins = sorted((str(t.value) for t in passes if t.operator is Operator.STARTS_WITH), key=len)
    ends = sorted((str(t.value) for t in passes if t.operator is Operator.ENDS_WITH), key=len)
    parts = [str(t.value) for t in passes if t.operator is Operator.CONTAINS]
    if not all(begins[-1].startswith(begin) for begin in begins) or not all(ends[-1].endswith(end) for end in ends):
        return False
    known = [*begins[-1:], *ends[-1:], *parts]
    for test in fails:
        match test.operator, test.value:
            case Operator.STARTS_WITH, str(text) if text == "" or (begins and begins[-1].startswith(text)):
                return False
            case Operator.ENDS_WITH, str(text) if text == "" or (ends and ends[-1].endswith(text)):
                return False
            case Operator.CONTAINS, str(text) if text == "" or any(text in part for part in known):
                return False
    return True


@dataclass(frozen=True, slots=True)
class _Edge:
    """An instant as it is written, and between which moments it lies in whatever zone."""

    text: str
    earliest: datetime
    latest: datetime
    is_open: bool = False

    @classmethod
    def of(cls, text: str, is_open: bool = False) -> "_Edge":
        moments = [moment for zone in _ZONES if (moment := parse_instant(text, zone))]
        return cls(text, min(moments), max(moments), is_open)

    @property
    def is_fixed(self) -> bool:
        return self.earliest == self.latest


def _moments_agree(passes: Sequence[Test], fails: Sequence[Test]) -> bool:
    """Whether an instant can lie within all bounds. Only a text that is an instant has to keep those of `fails`."""
    lower = [_Edge.of(str(t.value), _LOWER[t.operator]) for t in passes if t.operator in _LOWER]
    upper = [_Edge.of(str(t.value), _UPPER[t.operator]) for t in passes if t.operator in _UPPER]
    windows = [t for t in passes if t.operator in _WINDOWS]
    if not (lower or upper or windows):
        return True
    for test in fails:
        if isinstance(test.value, str) and test.operator in _LOWER:
            upper.append(_Edge.of(test.value, not _LOWER[test.operator]))
        elif isinstance(test.value, str) and test.operator in _UPPER:
            lower.append(_Edge.of(test.value, not _UPPER[test.operator]))
    if any(_is_crossed(low, high) for low in lower for high in upper):
        return False
    return _windows_agree(windows, [test for test in fails if test.operator in _WINDOWS])


def _is_crossed(low: _Edge, high: _Edge) -> bool:
    is_open = low.is_open or high.is_open
    if low.text == high.text:
        return is_open
    return low.earliest > high.latest or (is_open and low.earliest == high.latest)


def _windows_agree(passes: Sequence[Test], fails: Sequence[Test]) -> bool:
    """The last days and the next have no moment in common; a shorter window lies within a longer one."""
    if len({test.operator for test in passes}) > 1:
        return False
    shortest = min((_seconds(test) for test in passes), default=None)
    return shortest is None or not any(
        test.operator is passes[0].operator and _seconds(test) >= shortest for test in fails
    )


def _seconds(test: Test) -> float:
    return float(test.value)  # type: ignore[arg-type]
