"""Two versions of a journey are told apart in words."""

from typing import Any

import pytest
from hypothesis import given, settings

from domain.diff import difference
from domain.diff.renaming import called
from domain.program import Program
from tests.domain.engine.documents import BYE, HELLO, compiled, programs

WAIT = {"wait": "3d", "id": "wait-3d"}


def words(old: list[dict[str, Any]], new: list[dict[str, Any]], **top: Any) -> list[str]:
    return [change.words for change in difference(compiled(old), compiled(new, **top))]


def test_a_changed_delay_says_how_many_wait_there() -> None:
    before, after = compiled([WAIT, BYE]), compiled([{**WAIT, "wait": "2d"}, BYE])
    (change,) = difference(before, after, {"wait-3d": 412})
    assert change.words == "delay 3d to 2d at wait-3d: 412 people are waiting there"
    assert (change.kind, change.step, change.people) == ("changed", "wait-3d", 412)


def test_one_person_is_not_people() -> None:
    (change,) = difference(compiled([WAIT]), compiled([{**WAIT, "wait": "2d"}]), {"wait-3d": 1})
    assert change.words.endswith(": 1 person is waiting there")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ([WAIT], [WAIT, HELLO], ["send-hello (send email/hello) is new after wait-3d"]),
        ([HELLO, WAIT], [WAIT], ["send-hello (send email/hello) is gone"]),
        ([HELLO], [{**HELLO, "id": "send-hello", "send": "email/bye"}], ["template hello to bye at send-hello"]),
        (
            [{"send": {"template": "hello", "channel": "email"}, "id": "x"}],
            [{"send": {"template": "hello", "channel": ["email", "sms"]}, "id": "x"}],
            ["by email to email and sms at x"],
        ),
        (
            [{"wait_for": {"event": "Rang Bell", "within": "3d"}, "id": "bell"}],
            [{"wait_for": {"event": "Rang Bell", "within": "1d"}, "id": "bell"}],
            ["for at most 3d to 1d at bell"],
        ),
        (
            [{"branch": [{"if": {"plan": "pro"}, "steps": [HELLO]}], "id": "way"}],
            [{"branch": [{"if": {"score": {"gte": 80}}, "steps": [HELLO]}], "id": "way"}],
            ['branches on case 1: plan is "pro" to case 1: score at least 80 at way'],
        ),
        ([WAIT], [{"wait": {"until": "09:00"}, "id": "wait-3d"}], ["delay 3d to until 09:00 at wait-3d"]),
    ],
    ids=["added", "removed", "template", "channels", "within", "rule", "form"],
)
def test_steps_are_compared_setting_by_setting(
    old: list[dict[str, Any]], new: list[dict[str, Any]], said: list[str]
) -> None:
    assert words(old, new) == said


def test_a_step_that_stands_elsewhere_has_moved() -> None:
    (said,) = words([HELLO, WAIT, BYE], [WAIT, BYE, HELLO])
    assert said == "send-hello (send email/hello) stands after send-bye now, and stood at the beginning"


@pytest.mark.parametrize(
    ("top", "said"),
    [
        (
            {"goal": {"event": "Bought", "within": "7d"}},
            ['goal: is met by "Bought" is new', "goal: for at most 7d is new", "goal: counted from entry is new"],
        ),
        ({"exit": [{"event": "Closed"}]}, ['new exit: "Closed"']),
        ({"caps": {"email": "1/7d"}}, ["journey: caps email 1/7d is new"]),
        ({"quiet_hours": ["22:00", "08:00"]}, ["journey: quiet hours 22:00 to 08:00 is new"]),
        ({"entry": {"event": "Entered", "again": "always"}}, ["entry: again after_end to always"]),
    ],
    ids=["goal", "exit", "caps", "quiet hours", "entry"],
)
def test_what_holds_for_the_whole_journey_is_compared_too(top: dict[str, Any], said: list[str]) -> None:
    assert words([WAIT], [WAIT], **top) == said


@settings(max_examples=60, deadline=None)
@given(programs, programs)
def test_any_two_versions_can_be_compared_and_a_version_is_like_itself(old: Program, new: Program) -> None:
    assert difference(old, old) == ()
    for change in difference(old, new, dict.fromkeys(old.steps, 3)):
        assert change.words
        assert "=" not in change.words.replace("==", ""), change.words


def test_a_step_that_is_called_otherwise_is_compared_with_the_one_that_takes_its_place() -> None:
    def click(to: str) -> dict[str, Any]:
        return {"wait_for": {"reaction": "clicked", "to": to, "within": "1d"}, "id": "click"}

    before = compiled([{**HELLO, "id": "hi"}, click("hi"), WAIT])
    after = compiled(
        [
            {**HELLO, "id": "hello"},
            click("hello"),
            {"wait": "2d", "id": "rest"},
        ]
    )
    steps = {"hi": "hello", "wait-3d": "rest"}
    changes = difference(before, after, {"wait-3d": 4}, steps)
    assert [(change.kind, change.words) for change in changes] == [
        ("renamed", "hi is called hello now"),
        ("renamed", "wait-3d is called rest now: 4 people stand there"),
        ("changed", "delay 3d to 2d at rest: 4 people are waiting there"),
    ]


def test_a_step_whose_place_another_one_takes_that_stays_is_gone() -> None:
    before, after = compiled([WAIT, {"wait": "1d", "id": "rest"}]), compiled([{"wait": "1d", "id": "rest"}])
    (change,) = difference(before, after, {"wait-3d": 2}, {"wait-3d": "rest"})
    assert change.words == "wait-3d (delay 3d) is gone, and whoever is there goes on at rest: 2 people stand there"


@settings(max_examples=30, deadline=None)
@given(programs)
def test_a_program_whose_steps_are_called_otherwise_and_back_is_the_same(program: Program) -> None:
    steps = {name: f"{name}-x" for name in program.steps if "/" not in name}
    assert called(called(program, steps), {now: name for name, now in steps.items()}) == program
    assert difference(program, called(program, steps), steps=steps) == difference(program, program) + tuple(
        change for change in difference(program, called(program, steps), steps=steps) if change.kind == "renamed"
    )
