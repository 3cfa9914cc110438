"""What has to be loaded before rules can be asked, and what they mention."""

from datetime import timedelta
from typing import Any

from domain.rules.facts import Needs
from domain.rules.needs import needs, parts, references
from domain.rules.parse import parse_rule
from domain.rules.rule import Reacted


def rule(raw: dict[str, Any]) -> Any:
    return parse_rule(raw, path="if")


def test_a_rule_about_attributes_needs_nothing() -> None:
    assert needs([rule({"plan": "pro", "score": {"gte": 5}, "event.total": 3})]) == Needs()


def test_the_longest_look_back_at_an_event_counts() -> None:
    one = rule({"did": {"event": ["A", "B"], "in_last": "3d"}, "not": {"did": {"event": "A", "in_last": "9d"}}})
    other = rule({"any": [{"sum": {"of": "B.total", "in_last": "30d", "gte": 5}}, {"gap": {"of": "C", "lte": "3d"}}]})
    everything = rule({"did_not": "B"})
    assert needs([one, other]).events == {"A": timedelta(days=9), "B": timedelta(days=30), "C": None}
    assert needs([one, everything, other]).events["B"] is None


def test_what_else_must_be_loaded_is_named() -> None:
    raw = {"all": [{"reacted": "s"}, {"reachable": "email"}, {"subscribed": "news"}, {"not": {"in_segment": "vip"}}]}
    assert needs([rule(raw)]) == Needs(reactions=True, reachable=True, topics=True, segments=True)


def test_every_reference_is_found_on_either_side() -> None:
    raw = {
        "plan": {"ref": "run.plan"},
        "event.total": {"gte": {"ref": "customer.limit"}},
        "item": "x",
        "did": {"event": "A", "where": {"id": {"ref": "event.id"}}},
        "score": {"gt": {"ref": "run.score"}},
    }
    assert set(references(rule(raw))) == {
        "customer.plan", "run.plan", "event.total", "customer.limit", "item", "event.id", "run.score"
    }  # fmt: skip


def test_every_part_of_a_rule_is_found() -> None:
    found = parts(rule({"any": [{"not": {"reacted": {"to": "send-welcome"}}}, {"plan": "pro"}]}))
    assert [part.to for part in found if isinstance(part, Reacted)] == ["send-welcome"]
