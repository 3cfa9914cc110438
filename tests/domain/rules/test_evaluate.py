"""What rules mean, as far as one customer is concerned."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.rules.evaluate import evaluate
from domain.rules.facts import Facts, Happening, Reaction
from domain.rules.parse import parse_rule

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def days(count: float) -> datetime:
    return NOW - timedelta(days=count)


ADA = Facts(
    now=NOW,
    attributes={
        "plan": "pro",
        "age": 30,
        "digits": "30",
        "vip": True,
        "one": 1,
        "tags": ["a", "b"],
        "none": None,
        "empty": [],
        "address": {"city": "Bonn"},
        "orders": [{"sku": "A", "price": 5}, {"sku": "B", "price": 50}],
        "trial_ends": "2026-03-04",
        "seen": "2026-03-02T12:00:00Z",
        "e": "é",
    },
    score=80.0,
    zone=ZoneInfo("Europe/Berlin"),
    history=(
        Happening("Order", days(40), {"total": 100, "items": [{"n": 1}, {"n": 2}]}),
        Happening("Order", days(30), {"total": 50.5, "coupon": "X"}),
        Happening("Order", days(10), {"total": "7"}),
        Happening("Order", days(4), {"total": 0.1}),
        Happening("Login", days(0), {}),
        Happening("Login", days(-1), {}),
    ),
    event={"total": 60, "cart": "c1", "skus": ["B", "C"]},
    run={"code": "X1", "limit": 100},
    item={"sku": "A"},
    reactions=(Reaction("send-a", "clicked", days(2), "register"), Reaction("send-a", "opened", days(9))),
    reachable=frozenset({"email"}),
    subscribed=frozenset({"news"}),
    segments=frozenset({"vip"}),
)


def holds(raw: dict[str, Any], facts: Facts = ADA) -> bool:
    return evaluate(parse_rule(raw, path="if"), facts).holds


TRUE: list[dict[str, Any]] = [
    {"plan": "pro", "age": 30},
    {"plan": ["free", "pro"]},
    {"age": 30.0},
    {"age": {"gte": 30, "lt": 31}},
    {"plan": {"not": "free"}},
    {"missing": {"not": "free"}},
    {"missing": {"not_in": ["a"]}},
    {"missing": {"exists": False}},
    {"none": {"exists": False}},
    {"empty": {"exists": False}},
    {"vip": {"exists": True}},
    {"vip": True},
    {"plan": {"contains": "r", "starts_with": "p", "ends_with": "ro"}},
    {"tags": "a"},
    {"tags": {"contains": "b"}},
    {"tags": {"not_in": ["c", "d"]}},
    {"address.city": "Bonn"},
    {"orders.sku": "B"},
    {"orders.price": {"gt": 10}},
    {"orders.price": {"gt": 10, "lt": 10}},  # each test by itself: two elements
    {"trial_ends": {"in_next": "3d", "before": "2026-03-05", "after": "2026-03-03"}},
    {"trial_ends": {"gt": "2026-03-03T22:59Z", "lt": "2026-03-03T23:01Z"}},  # midnight in Berlin
    {"seen": {"in_last": "1s"}},
    {"score": {"gte": 80}},
    {"event.total": 60, "run.code": "X1", "item.sku": "A"},
    {"run.limit": {"gt": {"ref": "event.total"}}},
    {"orders.sku": {"ref": "event.skus"}},  # any of either side
    {"item.sku": {"not": {"ref": "event.skus"}}},
    {"age": {"not": {"ref": "event.missing"}}},
    {"did": "Order"},
    {"did": {"event": "Order", "in_last": "30d", "at_least": 2}},
    {"did": {"event": "Order", "where": {"total": {"gte": 50}}, "at_least": 2, "at_most": 2}},
    {"did": {"event": "Order", "where": {"any": [{"coupon": "X"}, {"items.n": 2}]}, "at_least": 2}},
    {"did": {"event": ["Login", "Order"], "at_least": 5, "at_most": 5}},  # the future has not happened
    {"did": {"event": "Order", "where": {"total": {"lt": {"ref": "event.total"}}}}},
    {"did_not": {"event": "Order", "in_last": "4d"}},
    {"sum": {"of": "Order.total", "eq": 150.6}},
    {"sum": {"of": "Nothing.total", "eq": 0}},
    {"avg": {"of": "Order.total", "gt": 50.1, "lte": 50.2}},
    {"min": {"of": "Order.total", "eq": 0.1}, "max": {"of": "Order.total", "eq": 100}},
    {"count": {"of": "Order", "eq": 4}},
    {"count": {"of": "Order.coupon", "eq": 1}},
    {"count": {"of": "Order.items.n", "eq": 2}},
    {"count": {"of": "Order", "where": {"total": {"gt": 1}}, "in_last": "35d", "eq": 1}},
    {"avg": {"of": "Nothing.total", "not": 5}},
    {"gap": {"of": "Order", "eq": "10d"}},
    {"gap": {"of": "Order", "stat": "mean", "eq": "12d"}},
    {"gap": {"of": "Order", "stat": "min", "eq": "6d"}},
    {"gap": {"of": "Order", "stat": "max", "eq": "20d"}},
    {"gap": {"of": "Order", "stat": "last", "at_least": 3, "eq": "6d"}},
    {"reacted": "send-a"},
    {"reacted": {"to": "send-a", "how": "clicked", "link": "register", "in_last": "3d"}},
    {"reachable": ["push", "email"], "subscribed": "news", "in_segment": "vip"},
    {"any": [{"plan": "free"}, {"age": 30}], "not": {"plan": "free"}, "all": [{"vip": True}]},
]

FALSE: list[dict[str, Any]] = [
    {"plan": "Pro"},
    {"plan": {"contains": "R"}},
    {"e": "e\u0301"},  # the same letter, composed otherwise
    {"digits": 30},
    {"digits": {"gte": 18}},
    {"age": "30"},
    {"one": True},
    {"vip": 1},
    {"vip": {"gt": 0}},
    {"missing": "x"},
    {"missing": {"lt": 5}},
    {"none": {"exists": True}},
    {"plan": {"not": "pro"}},
    {"tags": {"not": "a"}},
    {"tags": {"contains": "ab"}},
    {"address": "Bonn"},
    {"orders.sku": {"not_in": ["B"]}},
    {"plan": {"gt": "2026-01-01"}},
    {"plan": {"before": "2026-01-01"}},
    {"trial_ends": {"in_last": "3d"}},
    {"trial_ends": {"in_next": "1d"}},
    {"seen": {"in_next": "1d"}},
    {"score": {"gt": 80}},
    {"score": {"gt": {"ref": "event.cart"}}},
    {"event.total": 61},
    {"event.missing": {"ref": "run.missing"}},
    {"did": {"event": "Order", "in_last": "4d"}},
    {"did": {"event": "Order", "at_least": 5}},
    {"did": {"event": "Order", "at_most": 3}},
    {"did": {"event": "order"}},
    {"did_not": "Order"},
    {"avg": {"of": "Nothing.total", "gte": 0}},
    {"max": {"of": "Order.coupon", "gte": 0}},
    {"gap": {"of": "Order", "at_least": 4, "lte": "99d"}},
    {"gap": {"of": "Login", "lte": "99d"}},
    {"reacted": {"to": "send-a", "how": "opened", "in_last": "9d"}},
    {"reacted": {"to": "send-a", "link": "other"}},
    {"reacted": "send-b"},
    {"reachable": "sms"},
    {"subscribed": "offers"},
    {"in_segment": "new"},
    {"any": [{"plan": "free"}, {"age": 31}]},
]


@pytest.mark.parametrize("raw", TRUE)
def test_this_holds(raw: dict[str, Any]) -> None:
    assert holds(raw)


@pytest.mark.parametrize("raw", FALSE)
def test_this_does_not_hold(raw: dict[str, Any]) -> None:
    assert not holds(raw)


@pytest.mark.parametrize("raw", TRUE + FALSE)
def test_not_is_always_the_opposite(raw: dict[str, Any]) -> None:
    assert holds({"not": raw}) is not holds(raw)


def test_a_window_holds_now_and_not_its_begin() -> None:
    at_begin = ADA._replace(history=(Happening("A", days(3)),))
    just_inside = ADA._replace(history=(Happening("A", days(3) + timedelta(microseconds=1)),))
    now = ADA._replace(history=(Happening("A", NOW),))
    rule = {"did": {"event": "A", "in_last": "3d"}}
    assert [holds(rule, facts) for facts in (at_begin, just_inside, now)] == [False, True, True]


def test_sums_are_exact() -> None:
    cents = ADA._replace(history=tuple(Happening("Order", days(1), {"total": 0.1}) for _ in range(30)))
    assert holds({"sum": {"of": "Order.total", "eq": 3}, "avg": {"of": "Order.total", "eq": 0.1}}, cents)


def test_what_is_no_finite_number_is_no_number() -> None:
    odd = ADA._replace(attributes={"x": float("nan"), "y": float("inf")})
    assert not holds({"any": [{"x": {"gte": 0}}, {"x": {"lt": 0}}, {"y": {"gt": 0}}]}, odd)


def test_the_answer_says_which_values_it_used() -> None:
    rule = parse_rule(
        {
            "plan": "free",
            "orders.sku": "A",
            "missing": {"exists": False},
            "event.total": {"lt": {"ref": "run.limit"}},
            "score": {"gte": 80},
            "did": {"event": "Order", "in_last": "30d"},
            "sum": {"of": "Order.total", "gte": 1},
            "gap": {"of": "Order", "lte": "20d"},
            "reachable": ["email", "sms"],
        },
        path="if",
    )
    answer = evaluate(rule, ADA)
    assert not answer.holds
    assert answer.values == {
        "plan": "pro",
        "orders.sku": ["A", "B"],
        "missing": None,
        "event.total": 60,
        "run.limit": 100,
        "score": 80.0,
        "did Order in_last 30d": 2,
        "sum Order.total": 150.6,
        "median gap Order": 864_000,
        "reachable email, sms": True,
    }
    assert answer.notes == ()


def test_two_questions_of_one_name_are_both_logged() -> None:
    rule = parse_rule({"all": [{"did": {"event": "Order", "where": {"total": 100}}}, {"did": "Order"}]}, path="if")
    assert evaluate(rule, ADA).values == {"did Order": 1, "did Order (2)": 4}


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ({"missing": "x"}, "`missing` is missing"),
        ({"missing": {"not": "x"}}, "`missing` is missing"),
        ({"digits": {"gte": 18}}, "`digits` cannot be compared with the value by gte"),
        ({"plan": {"in_next": "3d"}}, "`plan` cannot be compared with the value by in_next"),
        ({"age": {"gt": {"ref": "event.cart"}}}, "`age` cannot be compared with `event.cart` by gt"),
        ({"age": {"gt": {"ref": "event.nothing"}}}, "`event.nothing` is missing"),
        ({"avg": {"of": "Nothing.total", "gt": 1}}, "`avg Nothing.total` is missing"),
        ({"gap": {"of": "Login", "lte": "1d"}}, "`median gap Login` is missing"),
    ],
)
def test_what_could_not_be_compared_is_noted(raw: dict[str, Any], note: str) -> None:
    assert evaluate(parse_rule(raw, path="if"), ADA).notes == (note,)


def test_a_where_asks_the_arriving_event() -> None:
    rule = parse_rule({"cart": {"ref": "event.cart"}, "total": {"gte": 5}}, path="where", root="arriving")
    answer = evaluate(rule, ADA._replace(arriving={"cart": "c1", "total": 7}))
    assert answer.holds
    assert answer.values == {"cart": "c1", "event.cart": "c1", "total": 7}
