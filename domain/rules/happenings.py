"""What a customer did: which happenings a question is about, and the numbers computed from them.

A window reaches from now back: `timestamp > now - in_last and timestamp <= now`.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from pydantic import JsonValue

from domain.rules.comparing import Exact, elements, number
from domain.rules.facts import Facts, Happening
from domain.rules.references import found
from domain.rules.rule import Aggregate, Gap

Where = Callable[[Mapping[str, JsonValue]], bool]


def happened(facts: Facts, names: Collection[str], in_last: timedelta | None, where: Where | None) -> list[Happening]:
    """The happenings of these names up to now, within the last `in_last`, whose properties pass `where`."""
    since = facts.now - in_last if in_last is not None else None
    return [
        happening
        for happening in facts.history
        if happening.name in names
        and happening.timestamp <= facts.now
        and (since is None or happening.timestamp > since)
        and (where is None or where(happening.properties))
    ]


def total(rule: Aggregate, happenings: list[Happening]) -> Exact | None:
    """What an aggregate comes to; None where there is nothing to take the average, least or greatest of.

    A property that leads through a list gives all its elements. Sum and the like pass over what is no number; count
    counts what is there at all, or the happenings themselves when it has no property.
    """
    if rule.property is None:
        return len(happenings)
    values = elements([value for happening in happenings for value in found(happening.properties, rule.property)])
    if rule.function == "count":
        return len(values)
    numbers = [exact for value in values if (exact := number(value)) is not None]
    match rule.function:
        case "sum":
            return sum(numbers)
        case "avg":
            return Fraction(sum(numbers)) / len(numbers) if numbers else None
        case "min":
            return min(numbers, default=None)
        case "max":
            return max(numbers, default=None)


def gap_seconds(rule: Gap, happenings: list[Happening]) -> Fraction | None:
    """The time between consecutive happenings in seconds; None if there are fewer than `at_least` gaps."""
    times = sorted(happening.timestamp for happening in happenings)
    gaps = [(later - earlier) // timedelta(microseconds=1) for earlier, later in pairwise(times)]
    if len(gaps) < max(rule.at_least, 1):
        return None
    chosen = gaps[-1:] if rule.stat == "last" else _middle(sorted(gaps), rule.stat)
    return Fraction(sum(chosen), len(chosen) * 1_000_000)


def _middle(gaps: list[int], stat: str) -> list[int]:
    """Those of the sorted gaps whose mean is the statistic."""
    match stat:
        case "min":
            return gaps[:1]
        case "max":
            return gaps[-1:]
        case "median":
            return gaps[(len(gaps) - 1) // 2 : len(gaps) // 2 + 1]
    return gaps
