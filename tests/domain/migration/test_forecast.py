"""The dry run tells what the move does: where people go on, when, what they may get, and why they stay."""

from datetime import timedelta
from typing import Any

import pytest

from domain.engine.commands import Resolve
from domain.engine.inputs import Input, Resolved
from domain.engine.state import State
from domain.errors import InvalidDocument, InvalidInput
from domain.migration.ahead import Outlook, sends_ahead, sends_reached
from domain.migration.forecast import Foresight, Sum, foresee, foresee_queued
from domain.migration.mapping import check_map, read_map, turned_round
from tests.domain.engine.documents import BYE, HELLO
from tests.domain.engine.test_migrating import move, version, wait, waiting_at
from tests.domain.engine.walk import START, Walk, new_run

DAY = timedelta(days=1)
AGAIN = {"repeat": {"every": "7d", "times": 2, "steps": [HELLO]}, "id": "weekly"}


def told(walk: Walk, *steps: dict[str, Any], **mapped: str) -> Foresight:
    def answer(command: Resolve, state: State) -> Input:
        return Resolved(moment=walk.moment, until=START + 9 * DAY)

    return foresee(Outlook(walk.program), Outlook(version(2, *steps)), walk.state, mapped, walk.moment, answer)


def test_a_send_is_added_dropped_or_left_out_because_it_was_made() -> None:
    walk = waiting_at(version(1, HELLO, wait("3d"), BYE))
    foresight = told(walk, wait("2d"), HELLO, {"send": "sms/hello", "id": "text"})
    assert (foresight.added, foresight.dropped, foresight.repeated) == (("text",), ("send-bye",), ("send-hello",))
    assert (foresight.moves, foresight.to_step, foresight.until_then) == (True, "rest", START + 2 * DAY)


def test_a_send_under_another_id_is_the_same_send() -> None:
    walk = waiting_at(version(1, wait("3d"), BYE))
    foresight = told(walk, wait("3d"), {"send": "email/bye", "id": "farewell"}, **{"send-bye": "farewell"})
    assert (foresight.added, foresight.dropped) == ((), ())


def test_a_wait_that_is_over_by_then_ends_at_once() -> None:
    assert told(waiting_at(version(1, wait("9d")), days=5), wait("2d"), BYE).at_once
    assert not told(waiting_at(version(1, wait("9d")), days=5), wait("8d"), BYE).at_once


def test_a_calendar_wait_is_worked_out() -> None:
    foresight = told(waiting_at(version(1, wait("3d"))), {**wait("3d"), "wait": {"until": "09:00"}})
    assert (foresight.until, foresight.until_then) == (START + 3 * DAY, START + 9 * DAY)


def test_who_cannot_be_moved_is_told_with_the_reason() -> None:
    foresight = told(waiting_at(version(1, wait("3d"))), wait("3d", "pause"))
    assert (foresight.moves, foresight.code, foresight.to_step, foresight.added) == (False, "gone", None, ())
    assert foresight.why == "Version 2 has no step rest; say what takes its place: --map rest=STEP."


def test_the_last_round_of_a_repeat_sends_nothing_more() -> None:
    walk = waiting_at(version(1, AGAIN, BYE))
    assert sends_ahead(walk.program, walk.state) == ("send-hello", "send-bye")
    walk.sleep()
    assert sends_ahead(walk.program, walk.state) == ()  # the second round was the last, and the run is over
    once = {"repeat": {"every": "7d", "times": 1, "steps": [HELLO]}, "id": "weekly"}
    short = waiting_at(version(1, once, wait("1d"), BYE))
    assert sends_ahead(short.program, short.state) == ("send-bye",)


def test_what_was_done_before_the_move_is_reached_and_not_ahead() -> None:
    walk = waiting_at(version(1, HELLO, wait("3d")))
    move(walk, version(2, wait("3d"), HELLO, BYE))
    assert sends_reached(walk.program, walk.state) == ("send-hello", "send-bye")
    assert sends_ahead(walk.program, walk.state) == ("send-bye",)


def test_people_are_added_up() -> None:
    total, old = Sum(), version(1, wait("3d"), BYE)
    total.add([told(waiting_at(old), wait("2d"), HELLO)] * 3)
    total.add([told(waiting_at(old), wait("3d", "pause"))])
    total.add([foresee_queued(Outlook(old), Outlook(version(2, wait("2d"), HELLO)), new_run(), {})])
    forecast = total.forecast(old, version(2, wait("2d"), HELLO), {}, START, None)
    (step,) = forecast.steps
    assert (forecast.total, forecast.moving, forecast.staying) == (5, 4, 1)
    assert (step.step, step.to_step, step.people, step.earlier, step.later, step.at_once) == (
        "rest",
        "rest",
        5,
        3,
        0,
        0,
    )
    assert [(send.step, send.added, send.dropped) for send in forecast.sends] == [
        ("send-hello", 4, 0),
        ("send-bye", 0, 4),
    ]
    assert [(reason.code, reason.people) for reason in forecast.reasons] == [("gone", 1)]


def test_a_map_is_read_checked_and_turned_round() -> None:
    assert read_map(["a=b", "c=d"]) == {"a": "b", "c": "d"}
    assert turned_round({"a": "b", "c": "b"}) == {"b": "a"}
    with pytest.raises(InvalidInput):
        read_map(["a"])
    with pytest.raises(InvalidDocument) as refused:
        check_map(version(1, wait("3d")), version(2, HELLO), {"rset": "send-hello", "rest": "send-hello"})
    assert [problem.path for problem in refused.value.problems] == ["map.rset", "map.rest"]
