"""Answers a rule about one customer, and says which values it looked at. The SQL twin is store/rules: they must agree.

Attributes have no declared type. A comparison that cannot be made (nothing there, text against a number, a date that is
none) is false and noted; `not` and `not_in` are the opposite of equals and one of, so they hold when nothing is there.
Null is missing. Where a path leads through or to a list, a test holds if any element passes it; `not` if none equals.
`contains` is a part of a text or an element of a list. Each test of a comparison is asked by itself: over a list
`{gte: 18, lt: 30}` may be passed by two different elements. How values compare: domain/rules/comparing.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from domain.durations import format_duration
from domain.rules.comparing import NEGATIONS, Exact, Left, compare, elements, lies_within
from domain.rules.facts import Facts
from domain.rules.happenings import Where, gap_seconds, happened, total
from domain.rules.references import found, look_up, root_value
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
    Ref,
    Rule,
    ScoreIs,
    Subscribed,
    Test,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the rule holds, the values it was answered from, by what was asked, and what could not be compared."""

    holds: bool
    values: Mapping[str, JsonValue]
    notes: tuple[str, ...]


def evaluate(rule: Rule, facts: Facts) -> Answer:
    """The rule's answer for these facts. Every part is asked, also where an earlier one has decided, so the log is whole."""
    asking = _Asking(facts)
    return Answer(asking.holds(rule), asking.values, tuple(dict.fromkeys(asking.notes)))


@dataclass(slots=True)
class _Asking:
    """One question to one set of facts, and its log."""

    facts: Facts
    values: dict[str, JsonValue] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def holds(self, rule: Rule) -> bool:
        match rule:
            case Compare():
                return self._compare(rule)
            case AllOf():
                return all(self._each(rule.of))
            case AnyOf():
                return any(self._each(rule.of))
            case Not():
                return not self.holds(rule.of)
            case ScoreIs():
                self._saw("score", self.facts.score)
                return self._passes("score", [self.facts.score], rule.tests)
            case Did():
                return self._did(rule)
            case Aggregate() | Gap():
                return self._computed(rule)
            case Reacted():
                return self._said(f"reacted {rule.to} {rule.how}", self._reacted(rule))
            case Reachable():
                there = not self.facts.reachable.isdisjoint(rule.channels)
                return self._said(f"reachable {', '.join(rule.channels)}", there)
            case Subscribed():
                return self._said(f"subscribed {rule.topic}", rule.topic in self.facts.subscribed)
            case InSegment():
                return self._said(f"in_segment {rule.segment}", rule.segment in self.facts.segments)

    def _each(self, rules: Sequence[Rule]) -> list[bool]:
        return [self.holds(rule) for rule in rules]

    def _compare(self, rule: Compare) -> bool:
        name = rule.path if rule.root in ("customer", "arriving") else f"{rule.root}.{rule.path}".rstrip(".")
        values = found(root_value(rule.root, self.facts), rule.path)
        self._saw(name, values[0] if len(values) == 1 else values or None)
        return self._passes(name, values, rule.tests)

    def _did(self, rule: Did) -> bool:
        times = len(happened(self.facts, rule.events, rule.in_last, self._where(rule.where)))
        self._saw(_within(f"did {' or '.join(rule.events)}", rule), times)
        return rule.at_least <= times and (rule.at_most is None or times <= rule.at_most)

    def _computed(self, rule: Aggregate | Gap) -> bool:
        result: Exact | None
        if isinstance(rule, Gap):
            name = f"{rule.stat} gap {rule.event}"
            result = gap_seconds(rule, happened(self.facts, (rule.event,), None, None))
        else:
            name = _within(f"{rule.function} {rule.event}" + (f".{rule.property}" if rule.property else ""), rule)
            result = total(rule, happened(self.facts, (rule.event,), rule.in_last, self._where(rule.where)))
        self._saw(name, _shown(result))
        return self._passes(name, [result] if result is not None else [], rule.tests)

    def _where(self, rule: Rule | None) -> Where | None:
        """The rule as a question to a happening's properties; what it looks at there is not logged."""
        if rule is None:
            return None
        return lambda properties: _Asking(self.facts._replace(arriving=properties)).holds(rule)

    def _reacted(self, rule: Reacted) -> bool:
        since = self.facts.now - rule.in_last if rule.in_last is not None else None
        return any(
            reaction.step == rule.to
            and reaction.how == rule.how
            and (rule.link is None or reaction.link == rule.link)
            and (since is None or reaction.at > since)
            for reaction in self.facts.reactions
        )

    def _passes(self, name: str, values: Sequence[Left], tests: Sequence[Test]) -> bool:
        outcomes = [self._test(name, values, test) for test in tests]
        return all(outcomes)

    def _test(self, name: str, values: Sequence[Left], test: Test) -> bool:
        flat = elements(values)  # type: ignore[arg-type]
        if test.operator is Operator.EXISTS:
            return bool(flat) is test.value
        if not flat:
            self.notes.append(f"`{name}` is missing")
        if test.operator in (Operator.IN_NEXT, Operator.IN_LAST):
            seconds = float(test.value)  # type: ignore[arg-type]
            return self._any(
                name,
                test,
                [lies_within(test.operator, left, seconds, self.facts.now, self.facts.zone) for left in flat],
            )
        operator = NEGATIONS.get(test.operator, test.operator)
        lefts = [value for value in values if value is not None] if operator is Operator.CONTAINS else flat
        rights = self._right(test)
        held = self._any(
            name, test, [compare(operator, left, right, self.facts.zone) for left in lefts for right in rights]
        )
        return held is not (test.operator in NEGATIONS)

    def _any(self, name: str, test: Test, outcomes: Sequence[bool | None]) -> bool:
        if None in outcomes and True not in outcomes:
            what = f"`{test.value.ref}`" if isinstance(test.value, Ref) else "the value"
            self.notes.append(f"`{name}` cannot be compared with {what} by {test.operator}")
        return True in outcomes

    def _right(self, test: Test) -> list[JsonValue]:
        if not isinstance(test.value, Ref):
            return elements([test.value])
        ref = test.value.ref
        root, _, path = ref.partition(".")
        self._saw(ref, look_up(ref, self.facts))
        rights = elements(found(root_value(root, self.facts), path))
        if not rights:
            self.notes.append(f"`{ref}` is missing")
        return rights

    def _said(self, name: str, answer: bool) -> bool:
        self._saw(name, answer)
        return answer

    def _saw(self, name: str, value: JsonValue) -> None:
        """Logs a value; a second question of the same name with another answer gets a number."""
        count, key = 1, name
        while key in self.values and self.values[key] != value:
            count += 1
            key = f"{name} ({count})"
        self.values[key] = value


def _within(name: str, rule: Did | Aggregate) -> str:
    return name if rule.in_last is None else f"{name} in_last {format_duration(rule.in_last)}"


def _shown(result: Exact | None) -> JsonValue:
    """A computed number as JSON can say it."""
    if result is None:
        return None
    if result == int(result) and -(2**53) < result < 2**53:
        return int(result)
    try:
        return float(result)
    except OverflowError:
        return "beyond what JSON can say"
