"""A workflow is lost, and another goes on from the run's row: what the lost one had been told since is found again."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.engine.advance import command_of
from domain.engine.commands import Arm, Gather, Hold, Resolve, SendMessage, Sleep, Stop
from domain.engine.inputs import Finished, Resolved, TimeUp
from domain.engine.restoring import restored
from domain.engine.state import EventRef, State
from domain.program import Program
from tests.domain.engine.documents import BYE, HELLO, WAIT_FOR, compiled, programs
from tests.domain.engine.test_properties import live, quickly
from tests.domain.engine.walk import START, Walk, new_run, order, sends

STAGE = {"stage": {"until": {"event": "Bought"}, "steps": [HELLO, {"wait": "1d"}, BYE]}}


def lose(walk: Walk, entry: EventRef | None = None) -> None:
    """The walk goes on as a new workflow would, from what is written now."""
    written = State.model_validate_json(walk.state.model_dump_json(exclude_defaults=True))
    walk.state, decided = restored(walk.program, written, entry)
    walk.command = command_of(walk.program, walk.state)
    walk.decisions += decided


def test_a_wait_is_written_down_anew_and_ends_when_it_would_have() -> None:
    walk = Walk(compiled([{"wait": "1d"}, HELLO]))
    until = walk.go()
    lose(walk)
    assert walk.command == Arm()
    assert walk.go() == until == Sleep(until=START + timedelta(days=1))


def test_a_time_that_was_up_for_the_lost_workflow_is_up_again() -> None:
    """It had gone on to the send, and the row does not know."""
    walk = Walk(compiled([{"wait": "1d"}, HELLO]))
    walk.go()
    row = walk.state
    walk.now += timedelta(days=2)
    walk.give(TimeUp(moment=walk.by_the_clock))
    assert isinstance(walk.command, SendMessage)
    walk.state = row
    lose(walk)
    walk.go()
    walk.sleep(timedelta(0))
    assert walk.sent == [("send-hello", 1)]


def test_before_an_effect_inside_a_stage_what_left_the_stage_is_looked_up() -> None:
    walk = Walk(compiled([STAGE]))
    while not isinstance(walk.command, SendMessage):
        walk.give(walk.answer(walk.command))
    lose(walk)
    assert command_of(walk.program, walk.state) == Arm()
    walk.happen(next(iter(walk.state.waiting.hears)))  # type: ignore[union-attr]
    walk.go()
    assert (walk.state.reason, walk.sent) == ("finished", [])


def test_an_effect_outside_every_stage_is_asked_for_at_once() -> None:
    walk = Walk(compiled([HELLO]))
    before = walk.command
    lose(walk)
    assert walk.command == before


def test_a_paused_run_writes_its_pause_down_anew_and_stays_paused() -> None:
    walk = Walk(compiled([WAIT_FOR]))
    walk.go()
    order(walk, "pause")
    walk.go()
    lose(walk)
    assert walk.command == Hold()
    walk.go()
    assert walk.state.is_paused
    order(walk, "resume")
    walk.go()
    assert not walk.state.is_paused


def test_a_parked_run_stays_parked() -> None:
    walk = Walk(compiled([HELLO]), choose=lambda count: 5 if count == 7 else 0)
    walk.go()
    lose(walk)
    walk.go()
    assert (walk.state.parked, walk.command) == ("defect", Sleep())


def test_a_refresh_that_was_told_to_the_lost_workflow_is_told_again() -> None:
    run = new_run(entry=EventRef(id=UUID(int=1), position=1, accepted_at=START))
    newer = EventRef(id=UUID(int=2), position=2, accepted_at=START)
    walk = Walk(compiled([{"wait": {"until": "event.start_at", "if_past": "skip"}}, HELLO]), run=run)
    walk.give(Resolved(moment=walk.moment, until=START + timedelta(days=3)))
    walk.go()
    lose(walk, run.entry)
    assert walk.command == Arm()
    lose(walk, newer)
    assert isinstance(walk.command, Resolve)
    assert walk.state.run.entry == newer
    assert ("wait", "re_armed") in walk.log


@pytest.mark.parametrize("phase", ["gathering", "finishing"])
def test_what_was_just_to_be_written_is_written(phase: str) -> None:
    step = {"wait_for": {"event": "Rang Bell", "within": "1d", "as": "ring"}}
    walk = Walk(compiled([step]))
    walk.go()
    walk.happen(next(iter(walk.state.waiting.hears)))  # type: ignore[union-attr]
    if phase == "finishing":
        walk.give(walk.answer(walk.command))
    assert walk.state.phase == phase
    before = walk.command
    lose(walk)
    assert walk.command == before
    assert isinstance(walk.command, Gather) == (phase == "gathering")


@quickly
@given(programs, st.data())
def test_whatever_the_journey_a_restored_run_waits_or_ends_and_repeats_nothing(
    program: Program, data: st.DataObject
) -> None:
    walk = live(program, data, turns=data.draw(st.integers(0, 20)))
    was_parked, was_paused, sent = walk.state.parked_at, walk.state.is_paused, len(walk.sent)
    for _ in range(2):
        lose(walk)
        walk.go()
    assert isinstance(walk.command, Sleep | Stop)
    assert (walk.state.parked_at, walk.state.is_paused) == (was_parked, was_paused)
    for _ in range(10):
        if not isinstance(walk.command, Stop):
            walk.sleep()
    assert len(set(walk.sent)) == len(walk.sent) >= sent
    assert isinstance(walk.command, Sleep | Stop)


def test_sends_before_and_after_the_loss_are_those_of_an_undisturbed_run() -> None:
    walk = Walk(compiled([HELLO, {"wait": "1d"}, BYE]))
    walk.go()
    lose(walk)
    walk.go()
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]
    assert isinstance(walk.inputs[-1], Finished)
