"""What a rule mentions: what must be loaded before it can be asked, and what must exist before it can be published."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from domain.rules.facts import Needs
from domain.rules.rule import (
    Aggregate,
    AllOf,
    AnyOf,
    Compare,
    Did,
    Gap,
    InSegment,
    Not,
    Reachable,
    Reacted,
    Ref,
    Rule,
    ScoreIs,
    Subscribed,
)


def parts(rule: Rule) -> Iterator[Rule]:
    """The rule and every rule inside it, `where` included, from the outside in."""
    yield rule
    inner: tuple[Rule | None, ...] = ()
    match rule:
        case AllOf() | AnyOf():
            inner = rule.of
        case Not():
            inner = (rule.of,)
        case Did() | Aggregate():
            inner = (rule.where,)
    for part in inner:
        if part is not None:
            yield from parts(part)


def references(rule: Rule) -> Iterator[str]:
    """Every path with a root that the rule reads, left and right: `event.total`, `run.code`, `item`, `customer.plan`."""
    for part in parts(rule):
        if isinstance(part, Compare) and part.root != "arriving":
            yield f"{part.root}.{part.path}" if part.path else part.root
        if isinstance(part, Compare | ScoreIs | Aggregate | Gap):
            yield from (test.value.ref for test in part.tests if isinstance(test.value, Ref))


def needs(rules: Iterable[Rule]) -> Needs:
    """What must be loaded so that all of these rules can be asked."""
    every = [part for rule in rules for part in parts(rule)]
    events: dict[str, timedelta | None] = {}
    for part in every:
        for name, back in _events(part):
            events[name] = _longer(events[name], back) if name in events else back
    return Needs(
        events=events,
        reactions=any(isinstance(part, Reacted) for part in every),
        reachable=any(isinstance(part, Reachable) for part in every),
        topics=any(isinstance(part, Subscribed) for part in every),
        segments=any(isinstance(part, InSegment) for part in every),
    )


def _events(part: Rule) -> list[tuple[str, timedelta | None]]:
    match part:
        case Did():
            return [(name, part.in_last) for name in part.events]
        case Aggregate():
            return [(part.event, part.in_last)]
        case Gap():
            return [(part.event, None)]
    return []


def _longer(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    """The window that holds both; None is all time."""
    return None if one is None or other is None else max(one, other)
