"""Branches side by side: one has the turn, none holds up the others, and whatever ends the run ends them all."""

from datetime import timedelta
from typing import Any

from domain.engine.advance import advance
from domain.engine.commands import SendMessage, Sleep, Stop
from domain.engine.inputs import Outcome, TimeUp
from domain.engine.lanes import PATIENCE, gives_way_at
from domain.engine.state import Moment
from tests.domain.engine.documents import BYE, HELLO, compiled
from tests.domain.engine.walk import START, Walk, end_of, order, sends

DAY = timedelta(days=1)
Steps = list[dict[str, Any]]


def parallel(join: str = "all", **branches: Steps) -> dict[str, Any]:
    return {"id": "both", "parallel": {"join": join, "branches": branches}}


def walked(*plan: dict[str, Any]) -> Walk:
    walk = Walk(compiled([*plan]))
    walk.go()
    return walk


def to_its_send(walk: Walk) -> None:
    """Up to the next send: what needs nothing from outside goes before it."""
    while not isinstance(walk.command, SendMessage):
        walk.give(walk.answer(walk.command))


def test_each_branch_waits_for_itself_and_the_run_goes_on_after_the_last() -> None:
    walk = walked(parallel(one=[{"wait": "2d"}, HELLO], two=[{"wait": "1d"}, {"score": "+1"}]), BYE)
    assert end_of(walk) == START + DAY
    walk.sleep()
    assert (sends(walk), end_of(walk)) == ([], START + 2 * DAY)
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]
    assert isinstance(walk.command, Stop)
    assert ("parallel", "branch_done") in walk.log
    assert ("parallel", "joined") in walk.log


def test_with_any_the_first_branch_at_its_end_ends_the_others() -> None:
    walk = walked(parallel("any", one=[{"wait": "2d"}, HELLO], two=[{"wait": "1d"}]), BYE)
    walk.sleep()
    assert sends(walk) == ["send-bye"]
    assert ("parallel", "left") in walk.log


def test_what_any_of_the_branches_listens_for_is_heard() -> None:
    wait_for = {"id": "bell", "wait_for": {"event": "Rang Bell", "within": "3d"}, "then": [HELLO], "else": [BYE]}
    walk = walked(parallel(one=[{"wait": "1d"}], two=[wait_for]))
    walk.happen("bell/0")
    walk.go()
    assert sends(walk) == ["send-hello"]
    assert end_of(walk) == START + DAY


def test_an_exit_in_one_branch_ends_the_run() -> None:
    walk = walked(parallel(one=[{"wait": "1d"}, {"exit": "enough"}], two=[{"wait": "9d"}]), BYE)
    walk.sleep()
    assert (walk.state.reason, walk.state.lanes, sends(walk)) == ("exit:enough", (), [])


def test_a_stage_around_the_branches_leaves_them_all() -> None:
    branches = parallel(one=[{"wait": "2d"}, HELLO], two=[{"wait": "1d"}])
    stage = {"id": "door", "stage": {"until": {"event": "Closed Door"}, "steps": [branches]}, "then": [BYE]}
    walk = walked(stage)
    walk.happen("door/0")
    walk.go()
    assert (walk.state.lanes, sends(walk)) == ((), ["send-bye"])


def test_a_stage_in_a_branch_leaves_only_its_own_steps() -> None:
    stage = {"id": "door", "stage": {"until": {"event": "Closed Door"}, "steps": [{"wait": "9d"}]}, "then": [HELLO]}
    walk = walked(parallel(one=[stage], two=[{"wait": "1d"}]), BYE)
    walk.happen("door/0")
    walk.go()
    assert (sends(walk), end_of(walk)) == (["send-hello"], START + DAY)
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]


def test_branches_in_a_repeat_are_gone_in_every_round() -> None:
    branches = parallel(one=[{"wait": "1h"}, HELLO], two=[BYE])
    walk = walked({"repeat": {"every": "7d", "times": 2, "steps": [branches]}})
    while isinstance(walk.command, Sleep):
        walk.sleep()
    assert walk.sent == [("send-bye", 1), ("send-hello", 1), ("send-bye", 2), ("send-hello", 2)]


def test_branches_within_branches_join_by_themselves() -> None:
    inner = {"id": "inner", "parallel": {"join": "any", "branches": {"a": [{"wait": "1d"}], "b": [{"wait": "9d"}]}}}
    walk = walked(parallel(one=[inner, HELLO], two=[{"wait": "2d"}]), BYE)
    walk.sleep()
    assert (sends(walk), end_of(walk)) == (["send-hello"], START + 2 * DAY)
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]


def test_a_reaction_to_what_another_branch_sends_is_heard_from_that_send_on() -> None:
    clicks = {"id": "clicks", "wait_for": {"reaction": "clicked", "to": "mail", "within": "3d"}, "then": [BYE]}
    walk = walked(parallel(one=[clicks], two=[{"wait": "1h"}, {"id": "mail", "send": "email/hello"}]))
    walk.sleep()
    walk.happen("clicks/0")
    walk.go()
    assert sends(walk) == ["mail", "send-bye"]


def test_what_follows_begins_when_the_last_branch_has_ended() -> None:
    walk = Walk(
        compiled([parallel(one=[HELLO], two=[{"split": {"a": {"weight": 100}, "b": {"weight": 0}}}]), {"wait": "1d"}])
    )
    assert isinstance(walk.command, SendMessage)
    walk.now += timedelta(hours=1)
    walk.go()
    assert end_of(walk) == START + timedelta(hours=25)


def test_a_send_that_does_not_get_through_lets_the_timers_beside_it_go_off() -> None:
    walk = Walk(compiled([parallel(one=[HELLO], two=[{"wait": "1h"}, {"score": "+1"}])]))
    to_its_send(walk)
    due = START + timedelta(hours=1)
    assert gives_way_at(walk.state, START) == due
    walk.now = due
    walk.give(TimeUp(moment=walk.by_the_clock))
    to_its_send(walk)
    assert ("score", "done") in walk.log
    assert walk.state.visit == 1, "the same hand-over is asked for again"


def test_two_sends_that_do_not_get_through_take_turns() -> None:
    walk = Walk(compiled([parallel(one=[HELLO], two=[BYE])]))
    assert isinstance(walk.command, SendMessage)
    assert gives_way_at(walk.state, START) == START + PATIENCE
    asked = [walk.command.step]
    for _ in range(2):
        walk.give(TimeUp(moment=walk.by_the_clock))
        assert isinstance(walk.command, SendMessage)
        asked.append(walk.command.step)
    assert asked == ["send-hello", "send-bye", "send-hello"]


def test_a_branch_that_is_parked_does_not_hold_up_the_others() -> None:
    walk = Walk(compiled([parallel(one=[HELLO], two=[{"wait": "1d"}, BYE]), {"score": "+1"}]))
    to_its_send(walk)
    walk.give(Outcome(moment=walk.moment, result="defect", code="template_missing"))
    walk.go()
    assert walk.state.parked_at == ("send-hello", "template_missing")
    walk.sleep()
    assert sends(walk) == ["send-bye"]
    order(walk, "retry")
    walk.go()
    assert sends(walk) == ["send-bye", "send-hello"]
    assert isinstance(walk.command, Stop)


def test_a_pause_holds_every_branch_and_what_fell_due_meanwhile_follows_the_resume() -> None:
    walk = walked(parallel(one=[{"wait": "1h"}, HELLO], two=[{"wait": "2h"}, BYE]))
    order(walk, "pause")
    walk.go()
    walk.now += timedelta(hours=3)
    walk.give(TimeUp(moment=walk.by_the_clock))
    assert sends(walk) == []
    order(walk, "resume", due="skip")
    walk.go()
    while isinstance(walk.command, Sleep):
        walk.sleep()
    assert sends(walk) == []
    assert walk.log.count(("send", "skipped")) == 2


def test_skipping_the_wait_skips_the_one_that_is_over_first() -> None:
    walk = walked(parallel(one=[{"wait": "9d"}, HELLO], two=[{"wait": "1d"}, BYE]))
    order(walk, "skip_wait")
    walk.go()
    assert (sends(walk), end_of(walk)) == (["send-bye"], START + 9 * DAY)


def test_where_the_position_is_not_known_it_is_read_before_the_branches_begin() -> None:
    walk = walked({"wait": "1d"}, parallel(one=[HELLO], two=[BYE]))
    state, command, _ = advance(
        walk.program, walk.state, TimeUp(moment=Moment(at=START + DAY, position=1, is_exact=False))
    )
    assert (command.kind, state.lanes) == ("locate", ())
