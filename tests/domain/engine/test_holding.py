"""While a journey or channel is paused its effects rest, and what follows is the operator's choice (semantics 24)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.engine.commands import SendMessage, Sleep, Stop
from domain.engine.inputs import Lifted, Outcome
from domain.engine.ordering import refusal
from domain.holds import turn_of
from tests.domain.engine.documents import BYE, HELLO, Document, compiled
from tests.domain.engine.walk import START, Walk, order, sends

HOLD, OTHER = UUID(int=7), UUID(int=8)


def resting(*plan: Document) -> Walk:
    """A run of a paused journey, as far as it comes."""
    walk = Walk(compiled(list(plan)))
    walk.hold = HOLD
    walk.go()
    return walk


def end_of_rest(walk: Walk) -> datetime | None:
    assert isinstance(walk.command, Sleep)
    return walk.command.until


def lift(walk: Walk, **how: object) -> None:
    walk.hold = None
    walk.give(Lifted.model_validate({"moment": walk.moment, "hold": HOLD, **how}))


@pytest.mark.parametrize(
    "step", [HELLO, {"set": {"seen": True}}, {"score": "+5"}, {"webhook": "https://example.com/hook"}]
)
def test_an_effect_rests_without_an_end_and_is_done_when_the_pause_is_lifted(step: Document) -> None:
    walk = resting(step)
    assert end_of_rest(walk) is None
    assert walk.state.rests_at == (walk.state.at, HOLD)
    walk.sleep(timedelta(days=30))
    assert walk.state.rests_at is not None
    lift(walk)
    walk.go()
    assert walk.command == Stop(reason="finished")


def test_a_wait_is_no_effect_and_goes_on() -> None:
    walk = resting({"wait": "1d"}, HELLO)
    assert walk.state.rests_at is None
    walk.sleep()
    assert walk.state.rests_at == ("send-hello", HOLD)


def test_the_deadline_counts_from_the_resume() -> None:
    walk = resting({"send": {"template": "hello", "channel": "email", "deadline": "1h"}})
    walk.now += timedelta(days=3)
    lift(walk)
    assert walk.command == SendMessage(step="send-hello", deadline=walk.now + timedelta(hours=1))


def test_what_fell_due_is_left_out_until_the_next_wait() -> None:
    walk = resting(HELLO, {"set": {"seen": True}}, BYE, {"wait": "1d"}, HELLO)
    lift(walk, due="skip")
    walk.go()
    assert sends(walk) == []
    assert ("set", "done") in walk.log
    walk.sleep()
    assert sends(walk) == ["send-hello-2"]


def test_in_a_spread_each_run_waits_for_its_own_moment() -> None:
    walk = resting(HELLO)
    until = walk.now + timedelta(hours=2)
    lift(walk, until=until)
    walk.go()
    assert (walk.command, walk.state.rests_at) == (Sleep(until=until), None)
    walk.sleep()
    assert sends(walk) == ["send-hello"]


def test_the_moments_of_a_spread_are_stable_and_fill_the_span() -> None:
    runs = [UUID(int=number) for number in range(400)]
    moments = [turn_of(run, HOLD, START, timedelta(hours=4)) for run in runs]
    assert moments == [turn_of(run, HOLD, START, timedelta(hours=4)) for run in runs]
    quarters = [int((moment - START) / timedelta(hours=1)) for moment in moments]
    assert all(80 <= quarters.count(hour) <= 120 for hour in range(4))


def test_a_run_is_told_once_and_only_of_the_pause_at_which_it_rests() -> None:
    walk = resting(HELLO, BYE)
    walk.give(Lifted(moment=walk.moment, hold=OTHER))
    assert walk.state.rests_at == ("send-hello", HOLD)
    lift(walk)
    assert isinstance(walk.command, SendMessage)
    walk.hold = HOLD
    walk.go()
    assert walk.state.rests_at == ("send-hello", HOLD)


def test_a_run_that_is_paused_itself_goes_on_when_both_pauses_are_over() -> None:
    walk = resting(HELLO)
    order(walk, "pause")
    walk.go()
    lift(walk)
    walk.go()
    assert (walk.state.is_paused, sends(walk)) == (True, [])
    order(walk, "resume")
    walk.go()
    assert sends(walk) == ["send-hello"]


def test_who_rests_cannot_skip_a_wait() -> None:
    assert "paused" in (refusal(resting(HELLO).state, "skip_wait") or "")


def parked() -> Walk:
    walk = Walk(compiled([HELLO, BYE]))
    walk.give(Outcome(moment=walk.moment, result="defect", code="template_missing"))
    walk.go()
    return walk


def test_a_parked_step_can_be_left_out() -> None:
    walk = parked()
    order(walk, "skip_step")
    walk.go()
    assert sends(walk) == ["send-bye"]
    assert ("operator", "skipped_step") in walk.log


def test_the_last_step_left_out_ends_the_run() -> None:
    walk = Walk(compiled([HELLO]))
    walk.give(Outcome(moment=walk.moment, result="defect", code="template_missing"))
    walk.go()
    order(walk, "skip_step")
    walk.go()
    assert walk.command == Stop(reason="finished")


def test_a_step_can_only_be_left_out_where_the_run_is_parked() -> None:
    walk = Walk(compiled([{"wait": "1d"}, HELLO]))
    walk.go()
    assert refusal(walk.state, "skip_step") == "The run is not parked."
