"""What becomes of sends, pauses, refreshes and other orders."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.engine.commands import Arm, Finish, SendMessage, Sleep, Stop
from domain.engine.inputs import Done, Leave, Outcome, Refreshed, Resolved
from domain.engine.ordering import refusal
from domain.engine.state import EventRef
from domain.engine.turn import LATEST
from tests.domain.engine.documents import BYE, HELLO, WAIT_FOR, compiled
from tests.domain.engine.walk import START, Walk, new_run, order, sends


@pytest.mark.parametrize(
    ("policy", "result", "ends"),
    [
        ({"if_late": "skip"}, "late", "finished"),
        ({"if_late": "exit"}, "late", "exit:late"),
        ({"if_late": "park"}, "late", None),
        ({"on_failure": "continue"}, "refused", "finished"),
        ({"on_failure": "exit"}, "refused", "exit:failure"),
        ({"on_failure": "park"}, "refused", None),
        ({}, "defect", None),
        ({}, "unknown", None),
    ],
)
def test_what_becomes_of_a_send_leads_where_the_author_said(
    policy: dict[str, str], result: str, ends: str | None
) -> None:
    walk = Walk(compiled([{"send": {"template": "hello", "channel": "email", **policy}}]))
    walk.give(Outcome.model_validate({"moment": walk.moment, "result": result, "code": "x"}))
    walk.go()
    assert walk.command == (Stop(reason=ends) if ends else Sleep())
    assert (walk.state.parked is not None) == (ends is None)


def test_a_parked_run_tries_the_same_visit_of_the_step_again() -> None:
    walk = Walk(compiled([HELLO]))
    walk.give(Outcome(moment=walk.moment, result="defect", code="template_missing"))
    walk.go()
    order(walk, "retry")
    walk.go()
    assert walk.sent == [("send-hello", 1)]
    assert walk.command == Stop(reason="finished")


def test_a_pause_holds_effects_and_a_resume_goes_on() -> None:
    walk = Walk(compiled([{"wait": "1d"}, HELLO]))
    walk.go()
    order(walk, "pause")
    walk.go()
    walk.sleep(timedelta(days=2))
    assert (walk.state.phase, walk.sent) == ("held", [])
    order(walk, "resume")
    walk.go()
    walk.sleep(timedelta(0))
    assert sends(walk) == ["send-hello"]


def test_resuming_with_skip_leaves_out_what_fell_due_but_not_what_comes_later() -> None:
    walk = Walk(compiled([{"wait": "1d"}, HELLO, {"wait": "1d"}, BYE]))
    walk.go()
    order(walk, "pause")
    walk.go()
    walk.sleep(timedelta(days=2))
    order(walk, "resume", due="skip")
    walk.go()
    walk.sleep(timedelta(0))
    walk.sleep()
    assert sends(walk) == ["send-bye"]


@pytest.mark.parametrize(("paused_for", "sent"), [(23, ["send-hello"]), (24, []), (25, [])])
def test_only_what_fell_due_during_the_pause_is_left_out(paused_for: int, sent: list[str]) -> None:
    walk = Walk(compiled([{"wait": "1d"}, HELLO]))
    walk.go()
    order(walk, "pause")
    walk.go()
    walk.sleep(timedelta(hours=paused_for))
    order(walk, "resume", due="skip")
    walk.go()
    walk.sleep(timedelta(hours=24 - min(paused_for, 24)))
    assert sends(walk) == sent


def test_a_wait_is_armed_anew_after_a_pause_so_that_nothing_in_between_is_missed() -> None:
    walk = Walk(compiled([WAIT_FOR]))
    walk.go()
    order(walk, "pause")
    walk.go()
    order(walk, "resume")
    walk.give(Done(moment=walk.moment))
    assert walk.command == Arm()


def test_a_signal_to_a_paused_run_changes_nothing() -> None:
    walk = Walk(compiled([WAIT_FOR]))
    walk.go()
    order(walk, "pause")
    walk.go()
    walk.happen("wait-for-rang-bell/0")
    assert walk.state.phase == "held"


def test_an_exit_ends_a_paused_run() -> None:
    walk = Walk(compiled([WAIT_FOR]))
    walk.go()
    order(walk, "pause")
    walk.go()
    walk.give(Leave(moment=walk.moment, reason="exit:account-closed"))
    assert walk.command == Finish(reason="exit:account-closed")


def test_skipping_a_wait_goes_on_as_if_its_time_were_up() -> None:
    walk = Walk(compiled([{"wait": "9d"}, HELLO]))
    walk.go()
    order(walk, "skip_wait")
    walk.go()
    assert (sends(walk), walk.now) == (["send-hello"], START)


def test_a_refresh_works_a_wait_on_the_event_out_anew_and_no_other() -> None:
    dated = {"wait": {"until": "event.starts_at", "if_past": "continue"}}
    walk, plain = Walk(compiled([dated]), choose=lambda n: n - 1), Walk(compiled([{"wait": "1d"}]))
    newer = EventRef(id=UUID(int=5), position=5, accepted_at=START)
    for one in (walk, plain):
        one.go()
        one.give(Refreshed(moment=one.moment, event=newer))
    assert walk.command.kind == "resolve"
    assert isinstance(plain.command, Sleep)
    assert walk.state.run.entry == plain.state.run.entry == newer


@pytest.mark.parametrize("word", ["resume", "skip_wait", "retry"])
def test_an_order_that_makes_no_sense_is_refused_with_a_reason(word: str) -> None:
    walk = Walk(compiled([HELLO]))
    assert refusal(walk.state, word)


def test_a_split_is_stable_for_a_customer_and_near_its_weights() -> None:
    program = compiled([{"split": {"a": {"weight": 30, "steps": [HELLO]}, "b": {"weight": 70, "steps": [BYE]}}}])
    arms = [Walk(program, run=new_run(customer=UUID(int=n))).state.at for n in range(1000)]
    assert arms == [Walk(program, run=new_run(customer=UUID(int=n))).state.at for n in range(1000)]
    assert 250 < arms.count("send-hello") < 350


def test_what_is_applied_during_a_plain_wait_is_not_heard_by_the_wait_for_behind_it() -> None:
    walk = Walk(compiled([{"wait": "1d"}, WAIT_FOR]))
    walk.go()
    walk.position += 1  # something happens, and nobody tells the workflow
    walk.sleep()
    assert walk.state.waiting is not None
    assert walk.state.waiting.hears == {"wait-for-rang-bell/0": walk.position}


def test_after_a_long_pause_a_send_has_its_whole_deadline_again() -> None:
    walk = Walk(compiled([HELLO]))
    order(walk, "pause")
    walk.go()
    walk.now += timedelta(days=9)
    order(walk, "resume")
    walk.give(Done(moment=walk.moment))
    assert walk.command == SendMessage(step="send-hello", deadline=walk.now + timedelta(hours=24))


def test_a_retried_send_has_its_whole_deadline_again_also_when_it_was_due_at_a_time_of_day() -> None:
    walk = Walk(compiled([{"send": {"template": "hello", "channel": "email", "at": "09:00"}}]), choose=lambda count: 0)
    walk.give(Resolved(moment=walk.moment))
    walk.give(Outcome(moment=walk.moment, result="defect", code="template_missing"))
    walk.go()
    walk.now += timedelta(days=9)
    order(walk, "retry")
    walk.give(Done(moment=walk.moment))
    assert walk.command == SendMessage(step="send-hello", deadline=walk.now + timedelta(hours=24))


def test_a_refresh_during_a_pause_is_worked_out_afterwards() -> None:
    dated = {"wait": {"until": "event.starts_at", "if_past": "continue"}}
    walk = Walk(compiled([dated]), choose=lambda n: n - 1)
    walk.go()
    order(walk, "pause")
    walk.go()
    newer = EventRef(id=UUID(int=5), position=5, accepted_at=START)
    walk.give(Refreshed(moment=walk.moment, event=newer))
    order(walk, "resume")
    walk.give(Done(moment=walk.moment))
    assert walk.command.kind == "resolve"


def test_what_follows_a_heard_event_begins_with_that_event() -> None:
    """Two events in one batch: the second is not lost, though both were applied before the run heard of the first."""
    then = {"wait_for": {"event": "Opened Door", "within": "1d"}}
    walk = Walk(compiled([{"wait_for": {"event": "Rang Bell", "within": "1d", "as": "bell"}, "then": [then]}]))
    walk.go()
    walk.happen("wait-for-rang-bell/0")
    heard = walk.position
    walk.position += 1
    walk.go()
    assert walk.state.waiting is not None
    assert list(walk.state.waiting.hears.values()) == [heard]


def test_no_wait_goes_beyond_the_calendar() -> None:
    walk = Walk(compiled([{"wait": {"until": "9999-12-31T23:59:59Z", "if_past": "continue", "spread": "2w"}}]))
    walk.give(Resolved(moment=walk.moment, until=LATEST))
    assert walk.go() == Sleep(until=LATEST)
