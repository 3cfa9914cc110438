"""The verdicts on rules: right for known ones, and never contradicted by anybody for all others."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.check.logic.judging import Judgement, Verdict, judge
from domain.rules.evaluate import evaluate
from domain.rules.parse import parse_rule
from tests.domain.check.logic.people import any_rules, is_single, person

PEOPLE = 40

NEVER: list[dict[str, Any]] = [
    {"plan": "pro", "not": {"plan": "pro"}},
    {"plan": {"exists": False, "not": "x"}, "customer.plan": "y"},
    {"plan": {"exists": False}, "plan.name": "x"},
    {"score": {"gte": 80, "lt": 80}},
    {"when": {"in_last": "3d"}, "not": {"customer.when": {"in_last": "30d"}}},
    {"score": {"gt": 10}, "not": {"score": {"gt": 5}}},
    {"count": {"of": "X", "gt": 2, "lt": 3}},
    {"did": {"event": "X", "in_last": "3d"}, "did_not": {"event": "X", "in_last": "30d"}},
    {"did": {"event": "X", "where": {"total": 5}}, "did_not": {"event": ["X", "Y"]}},
    {"did": {"event": "X", "where": {"total": 5}}, "did_not": {"event": "X", "where": {"total": {"gt": 3}}}},
    {"did": {"event": "X", "at_least": 3}, "count": {"of": "X", "lte": 2}},
    {"did": {"event": "X", "where": {"a": 1, "not": {"a": 1}}}},
    {"did_not": "X", "sum": {"of": "X.total", "gte": 5}},
    {"did_not": "X", "max": {"of": "X.total", "lt": 5}},
    {"did_not": "X", "gap": {"of": "X", "lte": "3d"}},
    {"reachable": "email", "not": {"reachable": ["email", "sms"]}},
    {"reacted": {"to": "s", "link": "a", "in_last": "1d"}, "not": {"reacted": {"to": "s", "in_last": "2d"}}},
    {"subscribed": "news", "not": {"subscribed": "news"}},
    {"all": [{"any": [{"score": 1}, {"score": 2}]}, {"score": {"gt": 2}}]},
]
NEVER_SINGLE: list[dict[str, Any]] = [
    {"age": {"gt": 30, "lt": 18}},
    {"age": {"gt": 30, "before": "2026-01-01"}},
    {"plan": "pro", "customer.plan": ["free", "basic"]},
    {"when": {"after": "2026-12-24", "before": "2026-01-01"}},
    {"when": {"after": "2026-12-24", "before": "2026-12-24"}},
    {"when": {"in_last": "3d", "in_next": "3d"}},
    {"email": {"starts_with": "ab"}, "customer.email": {"starts_with": "ac"}},
    {"email": {"ends_with": ".com"}, "not": {"email": {"contains": "."}}},
    {"plan": "pro", "customer.plan": {"starts_with": "x"}},
    {"vip": True, "customer.vip": {"gt": 0}},
    {"plan": "pro", "plan.name": "x"},
]
ALWAYS: list[dict[str, Any]] = [
    {"any": [{"plan": "pro"}, {"plan": {"not": "pro"}}]},
    {"any": [{"plan": {"exists": True}}, {"plan": {"exists": False}}]},
    {"any": [{"score": {"gt": 5}}, {"score": {"lte": 5}}]},
    {"count": {"of": "X", "gte": 0}},
    {"any": [{"did": "X"}, {"did_not": "X"}]},
    {"not": {"score": {"gt": 5, "lt": 5}}},
]
ALWAYS_SINGLE: list[dict[str, Any]] = [{"any": [{"plan": {"not": "a"}}, {"plan": {"not": "b"}}]}]
SOMETIMES: list[dict[str, Any]] = [
    {"age": {"gte": 18, "lt": 30}},
    # What is missing or a text is neither.
    {"any": [{"age": {"gt": 5}}, {"age": {"lte": 5}}]},
    {"not": {"age": {"gt": 5}}, "customer.age": {"not": 3}},
    {"when": {"after": "2026-03-01", "before": "2026-03-02"}},
    {"when": {"after": "2026-03-01T10:00:00Z", "before": "2026-03-01"}},
    {"tags": {"contains": "vip"}, "customer.tags": {"contains": "new"}},
    {"email": {"starts_with": "a", "ends_with": "b", "contains": "@"}},
    {"did": {"event": "X", "in_last": "30d"}, "did_not": {"event": "X", "in_last": "3d"}},
    {"did": {"event": ["X", "Y"]}, "did_not": "X"},
    {"did_not": "X", "sum": {"of": "X.total", "lte": 5}},
    {"plan": {"ref": "customer.other"}, "customer.plan": {"not": {"ref": "customer.third"}}},
]
KNOWN = [
    *((rule, Judgement(Verdict.NEVER)) for rule in NEVER),
    *((rule, Judgement(Verdict.NEVER, unless_list=True)) for rule in NEVER_SINGLE),
    *((rule, Judgement(Verdict.ALWAYS)) for rule in ALWAYS),
    *((rule, Judgement(Verdict.ALWAYS, unless_list=True)) for rule in ALWAYS_SINGLE),
    *((rule, Judgement(Verdict.SOMETIMES)) for rule in SOMETIMES),
]


@pytest.mark.parametrize(("raw", "verdict"), KNOWN, ids=[str(raw) for raw, _ in KNOWN])
def test_the_verdict_on_a_rule(raw: dict[str, Any], verdict: Judgement) -> None:
    assert judge(parse_rule(raw, path="if")) == verdict


@settings(max_examples=400, deadline=None)
@given(any_rules, st.integers(0, 2**32))
def test_nobody_contradicts_a_verdict(raw: dict[str, Any], seed: int) -> None:
    rule = parse_rule(raw, path="if")
    judgement = judge(rule)
    if judgement.verdict in (Verdict.SOMETIMES, Verdict.UNDECIDED):
        return
    random = Random(seed)
    for _ in range(PEOPLE):
        facts = person(random, lists=not judgement.unless_list)
        if judgement.unless_list and not is_single(rule, facts):
            continue
        assert evaluate(rule, facts).holds is (judgement.verdict is Verdict.ALWAYS), facts


def test_a_rule_with_too_many_alternatives_is_not_decided() -> None:
    ways: list[Any] = [{"any": [{f"a{one}": 1}, {f"b{one}": 1}]} for one in range(30)]
    known: list[Any] = [{"any": [{f"a{one}": 2}, {f"a{one}": 3}]} for one in range(30)]
    other: list[Any] = [{"any": [{f"b{one}": 2}, {f"b{one}": 3}]} for one in range(29, 30)]
    hard: Any = {"all": [*ways, *known, *other]}
    assert judge(parse_rule(hard, path="if"), steps=50).verdict is Verdict.UNDECIDED


def test_what_contradicts_itself_is_found_among_many_alternatives() -> None:
    ways: list[Any] = [{"any": [{f"a{one}": 1}, {f"b{one}": 1}]} for one in range(30)]
    easy: Any = {"all": [*ways, {"score": 1}, {"score": 2}]}
    assert judge(parse_rule(easy, path="if")).verdict is Verdict.NEVER
