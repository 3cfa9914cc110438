"""Who cannot go on by another version from where they stand, and why."""

from typing import Any

import pytest

from domain.engine.fitting import obstacle
from domain.program import Program
from tests.domain.engine.documents import BYE, HELLO
from tests.domain.engine.test_migrating import move, version, wait, waiting_at
from tests.domain.engine.walk import Walk


def why(walk: Walk, new: Program, **steps: str) -> str | None:
    found = obstacle(walk.program, new, walk.state, {k.replace("_", "-"): v for k, v in steps.items()})
    return found.code if found else None


@pytest.mark.parametrize(
    ("old", "new", "steps", "code"),
    [
        ([wait("3d")], [wait("3d", "pause")], {}, "gone"),
        ([wait("3d")], [wait("3d", "pause")], {"rest": "pause"}, None),
        ([wait("3d")], [{"send": "email/hello", "id": "rest"}], {}, "kind"),
        ([wait("3d")], [{"repeat": {"every": "1d", "times": 2, "steps": [wait("3d")]}, "id": "loop"}], {}, "repeat"),
        ([wait("3d")], [{"parallel": {"branches": {"a": [wait("3d")], "b": [BYE]}}, "id": "both"}], {}, "parallel"),
    ],
    ids=["gone", "mapped", "kind", "repeat", "parallel"],
)
def test_why_a_run_that_waits_cannot_be_moved(
    old: list[dict[str, Any]], new: list[dict[str, Any]], steps: dict[str, str], code: str | None
) -> None:
    walk = waiting_at(version(1, *old))
    assert why(walk, version(2, *new), **steps) == code
    before = walk.state
    move(walk, version(2, *new), **steps)
    assert (walk.state.run.version == 1) == (code is not None)
    if code is not None:
        assert walk.state.model_copy(update={"number": before.number}) == before


def test_a_send_that_may_have_been_tried_is_not_carried_over_to_another_id() -> None:
    walk = Walk(version(1, HELLO))
    assert why(walk, version(2, {"send": "email/hello", "id": "welcome"}), send_hello="welcome") == "under_way"


def test_a_run_that_is_there_already_or_ending_is_left_alone() -> None:
    walk = waiting_at(version(1, wait("1d")))
    assert why(walk, version(1, wait("1d"))) == "there"
    walk.sleep()
    assert why(walk, version(2, wait("1d"))) == "ending"
