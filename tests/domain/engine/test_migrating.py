"""Going on by another version: from the same place, on time, and repeating nothing."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.engine.commands import Arm, Resolve, Sleep, Stop
from domain.engine.inputs import Done, Migrate, Outcome
from domain.engine.migrating import migrate, renamed
from domain.engine.state import State
from domain.migration.ahead import sends_ahead
from domain.program import Program, Repeat
from tests.domain.engine.documents import BYE, HELLO, compiled, programs
from tests.domain.engine.test_properties import live, quickly
from tests.domain.engine.walk import START, Walk, end_of, order, sends

DAY = timedelta(days=1)
SMS = {"send": "sms/hello", "id": "text"}


def version(number: int, *steps: dict[str, Any]) -> Program:
    return compiled(list(steps)).model_copy(update={"version": number})


def move(walk: Walk, new: Program, **steps: str) -> None:
    """Moves the run, as its workflow does."""
    given = Migrate(moment=walk.moment, version=new.version, steps={k.replace("_", "-"): v for k, v in steps.items()})
    before = walk.state
    walk.state, walk.command, decided = migrate(walk.program, new, before, given)
    walk.decisions += decided
    if walk.state.run.version == new.version:
        walk.program = new


def waiting_at(program: Program, days: int = 0) -> Walk:
    """A run of the program's version that has come to its first wait, and has been there for some days."""
    walk = Walk(program)
    walk.go()
    walk.now += days * DAY
    return walk


def wait(span: str, name: str = "rest") -> dict[str, Any]:
    return {"wait": span, "id": name}


def test_a_wait_that_was_changed_counts_from_when_it_was_entered() -> None:
    walk = waiting_at(version(1, HELLO, wait("3d"), BYE), days=1)
    move(walk, version(2, HELLO, wait("2d"), BYE))
    walk.go()
    assert end_of(walk) == START + 2 * DAY
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]


def test_a_wait_that_became_too_short_is_over_at_once() -> None:
    walk = waiting_at(version(1, wait("9d"), BYE), days=5)
    move(walk, version(2, wait("2d"), BYE))
    walk.go()
    walk.sleep(timedelta(0))
    assert (sends(walk), walk.now) == (["send-bye"], START + 5 * DAY)


def test_a_wait_that_stayed_the_same_keeps_its_end_and_is_written_down_anew() -> None:
    at_nine = {**wait("3d"), "wait": {"until": "09:00"}}
    walk = Walk(version(1, at_nine), choose=lambda count: count - 1)
    walk.go()
    until = end_of(walk)
    walk.now += timedelta(hours=1)
    move(walk, version(2, at_nine, BYE))
    assert walk.command == Arm()
    walk.go()
    assert end_of(walk) == until


def test_a_calendar_wait_that_was_changed_is_worked_out_from_when_it_was_entered() -> None:
    walk = waiting_at(version(1, wait("3d")), days=1)
    move(walk, version(2, {**wait("3d"), "wait": {"until": "09:00"}}))
    assert walk.command == Resolve(step="rest", since=START)


def test_a_step_added_after_a_trailing_wait_reaches_those_who_wait() -> None:
    walk = waiting_at(version(1, HELLO, wait("1d")))
    move(walk, version(2, HELLO, wait("1d"), BYE))
    walk.go()
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]


def test_a_wait_for_that_was_moved_twice_hears_since_the_first_time() -> None:
    """When the run came to it only a timer knows, and that not by position: what it hears from was said by the first move."""
    before = wait("1d", "before")
    walk = waiting_at(version(1, before, wait("5d")))
    walk.sleep()
    for number, within in ((2, "5d"), (3, "9d")):
        walk.position = number
        move(walk, version(number, before, {"wait_for": {"event": "Rang Bell", "within": within}, "id": "rest"}))
        assert walk.state.waiting is not None
        assert walk.state.waiting.hears == {"rest/0": 2}


def test_what_was_sent_is_not_sent_again_where_the_new_version_has_it_later() -> None:
    walk = waiting_at(version(1, HELLO, wait("1d")))
    move(walk, version(2, wait("1d"), HELLO, BYE))
    walk.go()
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]
    assert ("send", "skipped") in walk.log


def test_what_was_changed_about_the_customer_is_not_changed_again() -> None:
    score = {"score": "+5", "id": "more"}
    walk = waiting_at(version(1, score, wait("1d")))
    move(walk, version(2, wait("1d"), score, BYE))
    walk.go()
    walk.sleep()
    assert walk.log.count(("score", "done")) == 1
    assert ("score", "skipped") in walk.log


def test_a_repeat_under_way_goes_on_sending() -> None:
    again = {"repeat": {"every": "7d", "times": 3, "steps": [HELLO]}, "id": "weekly"}
    walk = waiting_at(version(1, again), days=1)
    move(walk, version(2, {**again, "repeat": {"every": "2d", "times": 2, "steps": [HELLO]}}))
    walk.go()
    assert end_of(walk) == START + 2 * DAY
    for _ in range(4):
        walk.sleep()
    assert sends(walk) == ["send-hello", "send-hello"]
    assert walk.command == Stop(reason="finished")


def test_a_repeat_whose_rounds_became_fewer_ends_its_round_at_once() -> None:
    walk = waiting_at(version(1, {"repeat": {"every": "7d", "times": 3, "steps": [HELLO]}, "id": "weekly"}, BYE))
    move(walk, version(2, {"repeat": {"every": "7d", "times": 1, "steps": [HELLO]}, "id": "weekly"}, BYE))
    walk.go()
    walk.sleep(timedelta(0))
    assert (sends(walk), walk.now) == (["send-hello", "send-bye"], START)


def test_events_are_heard_from_where_they_were_heard_before_and_under_the_new_name() -> None:
    listen = {"wait_for": {"event": "Rang Bell", "within": "3d"}, "id": "bell", "then": [HELLO]}
    walk = waiting_at(version(1, listen))
    heard_since = dict(walk.state.waiting.hears) if walk.state.waiting else {}
    walk.position += 5
    move(walk, version(2, {**listen, "id": "ding"}), bell="ding")
    assert walk.state.waiting is not None
    assert walk.state.waiting.hears == {"ding/0": heard_since["bell/0"]}
    assert walk.command == Arm()  # which looks for what came meanwhile


def test_a_wait_can_become_a_wait_for_which_hears_what_comes_after_the_move() -> None:
    walk = waiting_at(version(1, wait("3d"), BYE), days=1)
    walk.position += 5
    listen = {"wait_for": {"event": "Rang Bell", "within": "4d"}, "id": "rest", "then": [HELLO]}
    move(walk, version(2, listen, BYE))
    walk.go()
    assert walk.state.waiting is not None
    assert end_of(walk) == START + 4 * DAY
    walk.happen("rest/0")
    walk.go()
    assert sends(walk)[:1] == ["send-hello"]


def test_reactions_to_a_send_that_has_another_id_now_are_remembered_under_the_old_one() -> None:
    clicked = {"wait_for": {"reaction": "clicked", "to": "send-hello", "within": "1d"}, "id": "click"}
    walk = waiting_at(version(1, HELLO, clicked))
    renamed_send = {"send": "email/hello", "id": "welcome"}
    answer = {"wait_for": {"reaction": "clicked", "to": "welcome", "within": "1d"}, "id": "click"}
    move(walk, version(2, renamed_send, answer), send_hello="welcome")
    assert walk.state.sent_as == {"welcome": "send-hello"}
    assert set(walk.state.sends) == {"welcome"}
    move(walk, version(3, HELLO, clicked), welcome="send-hello")
    assert walk.state.sent_as == {}


def test_a_stage_that_is_new_around_the_step_is_entered_with_the_move_and_one_that_is_gone_is_forgotten() -> None:
    plain = version(1, wait("3d"), BYE)
    staged = version(2, {"stage": {"until": {"event": "Rang Bell"}, "steps": [wait("3d")]}, "id": "hunt"}, BYE)
    walk = waiting_at(plain)
    walk.position += 5
    move(walk, staged)
    walk.go()
    assert walk.state.waiting is not None
    assert walk.state.waiting.hears == {"hunt/0": walk.position}
    move(walk, version(3, wait("3d"), BYE))
    walk.go()
    assert walk.state.rounds == ()
    assert walk.state.waiting.hears == {}


def test_a_paused_run_moves_and_stays_paused() -> None:
    walk = waiting_at(version(1, wait("3d"), BYE))
    order(walk, "pause")
    walk.go()
    move(walk, version(2, wait("1d"), BYE))
    walk.go()
    assert walk.state.phase == "held"
    order(walk, "resume")
    walk.go()
    assert end_of(walk) == START + DAY


def test_a_parked_run_moves_and_tries_the_new_step_when_it_is_retried() -> None:
    walk = Walk(version(1, HELLO))
    walk.give(Outcome(moment=walk.moment, result="defect", code="template_missing"))
    walk.go()
    move(walk, version(2, {**HELLO, "send": "email/bye", "id": "send-hello"}))
    assert walk.state.parked == "template_missing"
    order(walk, "retry")
    walk.go()
    assert walk.sent == [("send-hello", 1)]


def test_between_two_effects_the_same_visit_goes_on() -> None:
    walk = Walk(version(1, HELLO, BYE))
    move(walk, version(2, HELLO, SMS, BYE))
    walk.go()
    assert walk.sent == [("send-hello", 1), ("text", 1), ("send-bye", 1)]


def test_the_lanes_of_a_parallel_move_together() -> None:
    def both(span: str) -> dict[str, Any]:
        return {
            "parallel": {"branches": {"a": [wait(span, "left"), HELLO], "b": [wait("9d", "right"), BYE]}},
            "id": "both",
        }

    walk = waiting_at(version(1, both("5d")))
    move(walk, version(2, both("2d")))
    walk.go()
    assert end_of(walk) == START + 2 * DAY
    walk.sleep()
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]


def test_the_way_back_gives_the_same_state_but_for_what_the_log_knows() -> None:
    old, new = version(1, HELLO, wait("3d"), BYE), version(2, HELLO, wait("5d", "longer"), SMS, BYE)
    walk = waiting_at(old)
    before = walk.state
    move(walk, new, rest="longer")
    walk.go()
    move(walk, old, longer="rest")
    walk.go()
    same = {"number": 0, "moved_at": None, "done": ()}
    assert walk.state.model_copy(update=same) == before.model_copy(update=same)


def test_renaming_with_an_empty_map_changes_nothing() -> None:
    walk = waiting_at(version(1, HELLO, wait("1d")))
    assert renamed(walk.state, {}) == walk.state


@quickly
@given(programs, programs, st.data())
def test_whatever_the_versions_a_moved_run_waits_or_ends_and_sends_nothing_twice(
    old: Program, new: Program, data: st.DataObject
) -> None:
    """And it sends only what was foreseen to be still ahead."""
    walk = live(old, data, turns=data.draw(st.integers(0, 12)))
    done = {step for step, _ in walk.sent}
    target = new.model_copy(update={"version": 2})
    before = len(walk.sent)
    move(walk, target)
    if walk.state.run.version != 2:
        return
    State.model_validate_json(walk.state.model_dump_json(exclude_defaults=True))
    ahead = sends_ahead(target, walk.state)
    walk.go()
    for _ in range(40):
        if isinstance(walk.command, Stop):
            break
        hears = sorted(walk.state.waiting.hears) if walk.state.waiting else []
        if hears and data.draw(st.sampled_from([True, False])):
            walk.happen(data.draw(st.sampled_from(hears)))
            walk.go()
        else:
            walk.sleep()
    assert isinstance(walk.command, Sleep | Stop)
    assert len(walk.sent) == len(set(walk.sent))
    later = [step for step, _ in walk.sent[before:]]
    assert set(later) <= set(ahead)
    for step in set(later) & done:
        scopes = target.steps[step].scopes
        assert any(isinstance(target.steps[scope], Repeat) for scope in scopes), step


def test_done_is_answered_as_ever_after_a_move() -> None:
    walk = waiting_at(version(1, wait("3d")))
    move(walk, version(2, wait("3d"), BYE))
    walk.give(Done(moment=walk.moment))
    assert isinstance(walk.command, Sleep)
