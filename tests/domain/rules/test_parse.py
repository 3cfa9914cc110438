"""Rules as authors write them, and what they are told when they write something else."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.errors import InvalidDocument
from domain.rules.parse import parse_rule
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
    Root,
    Rule,
    ScoreIs,
    Subscribed,
    Test,
)

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def asks(operator: str, value: Any) -> Test:
    return Test(operator=Operator(operator), value=value)


def compare(path: str, *tests: Test, root: Root = "customer") -> Compare:
    return Compare(root=root, path=path, tests=tests)


READ: list[tuple[dict[str, Any], Rule]] = [
    ({"plan": "pro"}, compare("plan", asks("eq", "pro"))),
    ({"vip": True}, compare("vip", asks("eq", True))),
    ({"country": ["DE", "AT"]}, compare("country", asks("in", ["DE", "AT"]))),
    ({"age": {"gte": 18, "lt": 30}}, compare("age", asks("gte", 18), asks("lt", 30))),
    ({"address.city": {"not": "Bonn"}}, compare("address.city", asks("not", "Bonn"))),
    ({"plan": {"not_in": ["a", "b"]}}, compare("plan", asks("not_in", ["a", "b"]))),
    ({"email": {"exists": False}}, compare("email", asks("exists", False))),
    ({"trial_ends": {"in_next": "3d"}}, compare("trial_ends", asks("in_next", 259_200.0))),
    ({"trial_ends": {"after": "2026-03-02"}}, compare("trial_ends", asks("after", "2026-03-02"))),
    ({"since": {"lt": "2026-03-02"}}, compare("since", asks("lt", "2026-03-02"))),
    ({"plan": {"ref": "event.plan"}}, compare("plan", asks("eq", Ref(ref="event.plan")))),
    ({"age": {"gte": {"ref": "run.limit"}}}, compare("age", asks("gte", Ref(ref="run.limit")))),
    ({"event.total": 5}, compare("total", asks("eq", 5), root="event")),
    ({"run.order.id": 5}, compare("order.id", asks("eq", 5), root="run")),
    ({"item": "red"}, compare("", asks("eq", "red"), root="item")),
    ({"item.sku": "A"}, compare("sku", asks("eq", "A"), root="item")),
    ({"customer.sum": 3}, compare("sum", asks("eq", 3))),
    ({"customer.event": "x"}, compare("event", asks("eq", "x"))),
    ({"score": {"gte": 80}}, ScoreIs(tests=(asks("gte", 80),))),
    ({"score": 80}, ScoreIs(tests=(asks("eq", 80),))),
    ({"did": "Order Completed"}, Did(events=("Order Completed",))),
    ({"did": ["A", "B"]}, Did(events=("A", "B"))),
    (
        {"did": {"event": "A", "where": {"total": {"gte": 100}}, "in_last": "90d", "at_least": 2, "at_most": 3}},
        Did(
            events=("A",),
            where=compare("total", asks("gte", 100), root="arriving"),
            in_last=timedelta(days=90),
            at_least=2,
            at_most=3,
        ),
    ),
    ({"did_not": {"event": "A"}}, Did(events=("A",), at_least=0, at_most=0)),
    (
        {"sum": {"of": "Order Completed.cart.total", "in_last": "1w", "gte": 500}},
        Aggregate(
            function="sum",
            event="Order Completed",
            property="cart.total",
            in_last=timedelta(weeks=1),
            tests=(asks("gte", 500),),
        ),
    ),
    ({"count": {"of": "A", "lt": 2}}, Aggregate(function="count", event="A", tests=(asks("lt", 2),))),
    (
        {"max": {"of": {"event": "order.completed", "property": "total"}, "gt": 1}},
        Aggregate(function="max", event="order.completed", property="total", tests=(asks("gt", 1),)),
    ),
    (
        {"gap": {"of": "order.completed", "at_least": 3, "lte": "40d"}},
        Gap(event="order.completed", at_least=3, tests=(asks("lte", 3_456_000.0),)),
    ),
    ({"reacted": "send-welcome"}, Reacted(to="send-welcome")),
    (
        {"reacted": {"to": "s", "how": "opened", "link": "l", "in_last": "7d"}},
        Reacted(to="s", how="opened", link="l", in_last=timedelta(days=7)),
    ),
    ({"reachable": ["push", "email"]}, Reachable(channels=("push", "email"))),
    ({"subscribed": "news"}, Subscribed(topic="news")),
    ({"subscribed": ["a", "b"]}, AnyOf(of=(Subscribed(topic="a"), Subscribed(topic="b")))),
    ({"in_segment": "vip"}, InSegment(segment="vip")),
    ({"not": {"vip": True}}, Not(of=compare("vip", asks("eq", True)))),
    (
        {"a": 1, "any": [{"b": 2}, {"all": [{"c": 3}]}]},
        AllOf(
            of=(
                compare("a", asks("eq", 1)),
                AnyOf(of=(compare("b", asks("eq", 2)), AllOf(of=(compare("c", asks("eq", 3)),)))),
            )
        ),
    ),
]


@pytest.mark.parametrize(("raw", "rule"), READ)
def test_what_authors_write_is_read(raw: dict[str, Any], rule: Rule) -> None:
    assert parse_rule(raw, path="if") == rule


@pytest.mark.parametrize(("raw", "rule"), READ)
def test_a_rule_survives_the_trip_through_json(raw: dict[str, Any], rule: Rule) -> None:
    assert RULE.validate_json(RULE.dump_json(rule)) == rule
    assert RULE.validate_python(RULE.dump_python(rule, mode="json")) == rule


def test_in_a_where_every_name_is_a_property_but_for_the_combinations() -> None:
    raw: dict[str, Any] = {
        "score": 3,
        "count": {"gte": 2},
        "event.id": "x",
        "any": [{"did": "x"}, {"not": {"run.a": 1}}],
    }
    properties = [
        compare(path, asks("eq", value), root="arriving") for path, value in [("score", 3), ("event.id", "x")]
    ]
    assert parse_rule(raw, path="where", root="arriving") == AllOf(
        of=(
            properties[0],
            compare("count", asks("gte", 2), root="arriving"),
            properties[1],
            AnyOf(
                of=(
                    compare("did", asks("eq", "x"), root="arriving"),
                    Not(of=compare("run.a", asks("eq", 1), root="arriving")),
                )
            ),
        )
    )


REFUSED: list[tuple[Any, str, str]] = [
    ({"age": {"gtee": 3}}, "entry.if.age.gtee", "Did you mean `gte`?"),
    ({"name": {"matches": "^a"}}, "entry.if.name.matches", "Known here: eq"),
    ({"age": {"gte": {"a": 1}}}, "entry.if.age.gte.a", "ref"),
    ({"age": {"gte": "18"}}, "entry.if.age.gte", "without quotes"),
    ({"age": {"gte": True}}, "entry.if.age.gte", "number"),
    ({"age": {"gte": [1]}}, "entry.if.age.gte", "in: […]"),
    ({"age": float("nan")}, "entry.if.age", "number"),
    ({"age": 2**63}, "entry.if.age", "64 bits"),
    ({"age": None}, "entry.if.age", "exists: false"),
    ({"age": {}}, "entry.if.age", "gte"),
    ({"country": []}, "entry.if.country", "at least one"),
    ({"country": ["DE", None]}, "entry.if.country[1]", "exists: false"),
    ({"country": {"in": "DE"}}, "entry.if.country.in", "list"),
    ({"country": {"not": ["DE"]}}, "entry.if.country.not", "not_in"),
    ({"name": "\0"}, "entry.if.name", "NUL"),
    ({"name": "\ud800"}, "entry.if.name", "NUL"),
    ({"na\0me": "x"}, "entry.if.na\0me", "dots"),
    ({"a..b": "x"}, "entry.if.a..b", "dots"),
    ({"email": {"ends_with": 3}}, "entry.if.email.ends_with", "text"),
    ({"email": {"exists": "yes"}}, "entry.if.email.exists", "true or false"),
    ({"d": {"in_last": 3}}, "entry.if.d.in_last", "3d"),
    ({"d": {"in_last": {"ref": "event.x"}}}, "entry.if.d.in_last", "duration"),
    ({"d": {"in_next": "-3d"}}, "entry.if.d.in_next", "longer than zero"),
    ({"d": {"in_last": "99999d"}}, "entry.if.d.in_last", "all time"),
    ({"d": {"before": "2026-02-30"}}, "entry.if.d.before", "2026-12-24"),
    ({"d": {"ref": "evnt.x"}}, "entry.if.d.ref", "event."),
    ({"d": {"ref": "event"}}, "entry.if.d.ref", "event.name"),
    ({"d": {"ref": "event.x", "gte": 3}}, "entry.if.d.gte", "ref"),
    ({"event": "x"}, "entry.if.event", "customer.event"),
    ({"did_nt": {"event": "x"}}, "entry.if.did_nt", "Did you mean `did_not`?"),
    ({"did": {"evnt": "x"}}, "entry.if.did.evnt", "Did you mean `event`?"),
    ({"did": {"event": ["A", ""]}}, "entry.if.did.event[1]", "event"),
    ({"did": {"event": []}}, "entry.if.did.event", "event"),
    ({"did": {"event": "x", "at_least": 0}}, "entry.if.did.at_least", "from 1"),
    ({"did": {"event": "x", "at_most": 0}}, "entry.if.did.at_most", "did_not"),
    ({"did": {"event": "x", "at_least": 3, "at_most": 2}}, "entry.if.did.at_most", "Swap"),
    ({"did": {"event": "x", "where": {"a": {"gtt": 1}}}}, "entry.if.did.where.a.gtt", "gt"),
    ({"did_not": {"event": "x", "at_least": 2}}, "entry.if.did_not.at_least", "Did you mean"),
    ({"sum": {"of": "A", "gte": 1}}, "entry.if.sum.of", "Order Completed.total"),
    ({"sum": {"of": "A.b"}}, "entry.if.sum", "gte"),
    ({"sum": {"of": "A.b", "contains": 1}}, "entry.if.sum.contains", "of"),
    ({"sum": {"of": "A.b", "gte": "5"}}, "entry.if.sum.gte", "without quotes"),
    ({"sum": {"of": "A.b.", "gte": 5}}, "entry.if.sum.of", "Order Completed.total"),
    ({"gap": {"of": "A", "lte": 40}}, "entry.if.gap.lte", "3d"),
    ({"gap": {"of": "A", "stat": "medain", "lte": "4d"}}, "entry.if.gap.stat", "Did you mean `median`?"),
    ({"score": {"contains": "x"}}, "entry.if.score.contains", "gte"),
    ({"score": "80"}, "entry.if.score", "without quotes"),
    ({"reacted": {"to": "x", "how": "opend"}}, "entry.if.reacted.how", "Did you mean `opened`?"),
    ({"reacted": {"how": "opened"}}, "entry.if.reacted.to", "step"),
    ({"reacted": 5}, "entry.if.reacted", "A number stands where a mapping should. Write it as in {to: send-welcome"),
    ({"reachable": 5}, "entry.if.reachable", "channel"),
    ({"any": {"a": 1}}, "entry.if.any", "any: [{…}, {…}]"),
    ({"any": []}, "entry.if.any", "any: [{…}, {…}]"),
    ({"any": [{"a": {"x": 1}}]}, "entry.if.any[0].a.x", "eq"),
    ({"not": [{"a": 1}]}, "entry.if.not", "all: […]"),
    ({5: "x"}, "entry.if", "quotes"),
    ([{"a": 1}], "entry.if", "any: […]"),
    ({}, "entry.if", "leave the rule out"),
    ("vip", "entry.if", "{plan: pro}"),
    (None, "entry.if", "{plan: pro}"),
]


@pytest.mark.parametrize(("raw", "path", "remedy"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_place_and_a_remedy(raw: Any, path: str, remedy: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        parse_rule(raw, path="entry.if")
    problem = refused.value.problems[0]
    assert problem.path == path
    assert remedy in f"{problem.message} {problem.remedy}"


def test_all_problems_are_told_at_once() -> None:
    raw: dict[str, Any] = {"age": {"gtee": 3, "lt": "x"}, "any": [{"did": {}}, {"plan": None}], "sum": {"of": 5}}
    with pytest.raises(InvalidDocument) as refused:
        parse_rule(raw, path="if")
    assert [problem.path for problem in refused.value.problems] == [
        "if.age.gtee",
        "if.age.lt",
        "if.any[0].did.event",
        "if.any[1].plan",
        "if.sum.of",
        "if.sum",
    ]


def test_a_rule_of_a_thousand_levels_is_refused_and_not_followed() -> None:
    raw: dict[str, Any] = {"a": 1}
    for _ in range(1000):
        raw = {"not": raw}
    with pytest.raises(InvalidDocument, match="too deep"):
        parse_rule(raw, path="if")
