"""What is started by another journey is published before it; a circle is published together."""

from typing import Any

import pytest

from domain.publishing_order import in_order, journeys_named


def test_the_journeys_that_steps_start_or_stop_are_found_wherever_they_stand() -> None:
    document: dict[str, Any] = {
        "journey": "first",
        "entry": {"event": "start_journey"},
        "steps": [
            {"start_journey": "second"},
            {"branch": [{"if": {"plan": "pro"}, "steps": [{"start_journey": {"journey": "third", "await": True}}]}]},
            {"wait_for": {"event": "x", "within": "1d"}, "else": [{"stop_journey": "fourth"}]},
        ],
    }
    assert journeys_named(document) == {"second", "third", "fourth"}


@pytest.mark.parametrize(
    ("needs", "order"),
    [
        ({"a": [], "b": [], "c": []}, [("a",), ("b",), ("c",)]),
        ({"a": ["b"], "b": ["c"], "c": []}, [("c",), ("b",), ("a",)]),
        ({"a": ["a"]}, [("a",)]),
        ({"a": ["elsewhere"]}, [("a",)]),
        ({"x": ["a"], "a": ["b"], "b": ["a", "z"], "z": []}, [("z",), ("a", "b"), ("x",)]),
    ],
    ids=["file order", "a chain", "itself", "not given", "a circle"],
)
def test_journeys_come_after_what_they_need(needs: dict[str, list[str]], order: list[tuple[str, ...]]) -> None:
    assert in_order(needs) == order
