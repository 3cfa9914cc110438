"""Ids of steps that nobody has named."""

from typing import Any, cast

import pytest

from domain.compiler import missing_ids
from domain.compiler.identifiers import suggest, with_ids


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ({"send": "email/whitepaper-thanks"}, "send-whitepaper-thanks"),
        ({"send": {"template": "soon", "channel": ["push", "email"]}}, "send-soon"),
        ({"wait": "3d"}, "wait-3d"),
        ({"wait": {"for": "3d", "spread": "1h"}}, "wait-3d"),
        ({"wait": {"until": "09:00", "days": ["mon"]}}, "wait-until-0900"),
        ({"wait": {"until": "event.starts_at", "offset": "-1d", "if_past": "skip"}}, "wait-1d-before-starts-at"),
        ({"wait": {"until": "event.ends_at", "offset": "2h", "if_past": "skip"}}, "wait-2h-after-ends-at"),
        ({"wait": {"until": "event.ends_at"}}, "wait-until-ends-at"),
        ({"wait": {"window": ["09:00", "20:00"]}}, "wait-window"),
        ({"wait": {"silence": {"event": "A"}, "for": "1h"}}, "wait-silence-1h"),
        ({"wait": {"for": {"ref": "event.x"}, "default": "1d"}}, "wait-learned"),
        ({"wait": {"business_days": 2}}, "wait-2-business-days"),
        ({"wait_for": {"event": "Page Viewed"}}, "wait-for-page-viewed"),
        ({"wait_for": {"event": ["Order Completed", "B"]}}, "wait-for-order-completed"),
        ({"wait_for": {"reaction": "clicked", "to": "x"}}, "wait-for-clicked"),
        ({"wait_for": {"rule": {}}}, "wait-for-rule"),
        ({"wait_for": {"first": [{"event": "A"}, {"event": "B"}, {"event": "C"}]}}, "wait-for-a-b"),
        ({"branch": []}, "branch"),
        ({"branch": {"by": "event.country", "cases": {}}}, "branch-by-country"),
        ({"set": {"lifecycle": "engaged"}}, "set-lifecycle"),
        ({"add_tags": ["a"]}, "add-tags"),
        ({"increment": {"visits": 1}}, "increment-visits"),
        ({"score": 20}, "score"),
        ({"exit": "not-interested"}, "exit-not-interested"),
        ({"subscribe": "news"}, "subscribe-news"),
        ({"wait_for": {"event": "注册"}}, "wait-for"),
        ({"unknown": 1}, "unknown"),
        ({}, "step"),
    ],
)
def test_a_step_is_called_by_what_it_says(step: dict[str, Any], name: str) -> None:
    assert suggest(step) == name


def test_names_are_made_new_by_a_number_and_written_ones_stay() -> None:
    steps: list[Any] = [
        {"wait": "3d"},
        {"wait": "3d"},
        {"id": "wait-3d", "wait": "1d"},
        {"id": "wait-3d-3", "wait": "1d"},
        {"wait": "3d"},
    ]
    document: Any = with_ids({"steps": steps})
    assert [step["id"] for step in document["steps"]] == ["wait-3d-2", "wait-3d-4", "wait-3d", "wait-3d-3", "wait-3d-5"]


def test_an_id_stands_first_and_the_document_given_is_left_alone() -> None:
    given: dict[str, Any] = {"steps": [{"wait": "3d", "then": [{"score": 1}]}]}
    assert with_ids(given) == {"steps": [{"id": "wait-3d", "wait": "3d", "then": [{"id": "score", "score": 1}]}]}
    assert list(next(iter(cast(Any, with_ids(given))["steps"]))) == ["id", "wait", "then"]
    assert given == {"steps": [{"wait": "3d", "then": [{"score": 1}]}]}


def test_steps_without_an_id_are_named_by_place() -> None:
    document: dict[str, Any] = {
        "steps": [{"id": "a", "stage": {"until": {"event": "A"}, "steps": [{"wait": "1d"}]}}, {"wait": "2d"}]
    }
    assert [problem.path for problem in missing_ids(document)] == ["steps[0].stage.steps[0]", "steps[1]"]


def test_values_that_look_like_steps_are_none() -> None:
    document: dict[str, Any] = {
        "steps": [
            {"set": {"steps": [{"wait": "1d"}]}},
            {"webhook": {"url": "https://x.example", "data": {"then": [{"wait": "1d"}]}}},
            {"split": {"then": {"weight": 50, "steps": [{"wait": "1d"}]}, "steps": {"weight": 50, "steps": []}}},
        ]
    }
    assert [problem.path for problem in missing_ids(document)] == [
        "steps[0]",
        "steps[1]",
        "steps[2]",
        "steps[2].split.then.steps[0]",
    ]
