"""What single journeys do, step by step."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.engine.commands import Locate, SendMessage, Settle, Sleep, Stop
from domain.engine.inputs import Done, Heard, Outcome, Resolved, TimeUp
from domain.engine.state import EventRef
from tests.domain.engine.documents import BYE, CLICKED, HELLO, WAIT_FOR, Document, compiled
from tests.domain.engine.walk import START, Walk, end_of, new_run, sends


def test_a_duration_is_counted_from_the_moment_the_step_before_was_recorded() -> None:
    walk = Walk(compiled([HELLO, {"wait": "3d"}, BYE]))
    assert walk.go() == Sleep(until=START + timedelta(days=3))
    walk.sleep()
    assert sends(walk) == ["send-hello", "send-bye"]
    assert walk.command == Stop(reason="finished")


def test_time_scale_divides_durations() -> None:
    walk = Walk(compiled([{"wait": "1d"}]), run=new_run(time_scale=86_400))
    assert walk.go() == Sleep(until=START + timedelta(seconds=1))


def test_a_scaled_deadline_still_leaves_mail_servers_a_minute() -> None:
    walk = Walk(compiled([HELLO]), run=new_run(time_scale=86_400))
    assert walk.command == SendMessage(step="send-hello", deadline=START + timedelta(minutes=1))


def test_what_is_heard_leads_to_then_and_time_to_else() -> None:
    heard, late = Walk(compiled([WAIT_FOR])), Walk(compiled([WAIT_FOR]))
    heard.go()
    heard.happen("wait-for-rang-bell/0")
    heard.go()
    late.go()
    late.sleep()
    assert (sends(heard), sends(late)) == (["send-hello"], ["send-bye"])


def test_an_event_accepted_before_the_time_out_beats_it_even_when_applied_later() -> None:
    walk = Walk(compiled([WAIT_FOR]))
    walk.go()
    until = end_of(walk)
    walk.now = until
    walk.give(TimeUp(moment=walk.moment))
    assert walk.command == Settle()
    walk.happen("wait-for-rang-bell/0", accepted_at=until)
    walk.go()
    assert sends(walk) == ["send-hello"]


def test_an_event_accepted_after_the_time_out_never_beats_it() -> None:
    walk = Walk(compiled([WAIT_FOR]))
    walk.go()
    until = end_of(walk)
    walk.happen("wait-for-rang-bell/0", accepted_at=until + timedelta(seconds=1))
    assert walk.command == Sleep(until=until)
    walk.sleep()
    assert sends(walk) == ["send-bye"]


def test_a_late_event_never_reopens_a_branch() -> None:
    walk = Walk(compiled([WAIT_FOR, {"wait": "1d"}]))
    walk.go()
    walk.sleep()
    before = walk.state
    walk.happen("wait-for-rang-bell/0")
    assert walk.state == before.model_copy(update={"number": before.number + 1})


def test_an_event_applied_before_the_step_was_entered_is_not_heard() -> None:
    walk = Walk(compiled([WAIT_FOR]))
    walk.go()
    old = EventRef(id=UUID(int=9), position=walk.state.entered.position, accepted_at=walk.now)
    walk.give(Heard(moment=walk.moment, listen="wait-for-rang-bell/0", event=old))
    assert isinstance(walk.command, Sleep)


@pytest.mark.parametrize(
    "plan", [[WAIT_FOR], [{"stage": {"until": {"event": "Rang Bell"}, "steps": [{"wait": "1d"}]}}]]
)
def test_what_happened_during_a_wait_is_not_heard_by_what_comes_after_it(plan: list[Document]) -> None:
    """A timer does not know how far the customer's events have been applied: the run asks before it begins to listen."""
    walk = Walk(compiled([{"wait": "1d"}, *plan]))
    walk.go()
    walk.now += timedelta(days=1)
    walk.give(TimeUp(moment=walk.by_the_clock))
    assert isinstance(walk.command, Locate)
    walk.position = 7
    walk.go()
    assert walk.state.waiting is not None
    assert list(walk.state.waiting.hears.values()) == [7]


def test_a_reaction_to_an_earlier_round_is_not_one_to_this_round() -> None:
    plan = [{"repeat": {"every": "7d", "times": 2, "steps": [{"wait": "1d"}, HELLO, CLICKED]}}]
    walk = Walk(compiled(plan))
    walk.go()
    walk.sleep()
    walk.sleep()
    walk.position = 9
    walk.sleep()
    walk.now += timedelta(days=1)
    walk.give(TimeUp(moment=walk.moment.model_copy(update={"position": 1})))
    walk.give(Outcome(moment=walk.moment, result="sent", claimed=9))
    walk.go()
    assert walk.state.waiting is not None
    assert list(walk.state.waiting.hears.values()) == [9]


def test_since_entry_hears_what_happened_before_the_step() -> None:
    plan: list[Document] = [
        {"wait": "1d"},
        {"wait_for": {"event": "Rang Bell", "since": "entry", "within": "1d"}, "then": [HELLO]},
    ]
    walk = Walk(compiled(plan))
    walk.go()
    walk.position = 7
    walk.sleep()
    assert walk.state.waiting is not None
    assert walk.state.waiting.hears == {"wait-for-rang-bell/0": 1}


def test_a_reaction_is_heard_from_the_send_on() -> None:
    plan: list[Document] = [
        HELLO,
        {"wait": "1d"},
        {"wait_for": {"reaction": "clicked", "to": "send-hello", "within": "1d"}, "then": [BYE]},
    ]
    walk = Walk(compiled(plan))
    walk.go()
    walk.position = 7
    walk.sleep()
    assert walk.state.waiting is not None
    assert list(walk.state.waiting.hears.values()) == [1]


@pytest.mark.parametrize(
    ("if_past", "sent"), [("continue", ["send-hello", "send-bye"]), ("skip", ["send-bye"]), ("exit", [])]
)
def test_what_stands_behind_a_moment_that_has_passed_follows_if_past(if_past: str, sent: list[str]) -> None:
    wait = {"wait": {"until": "event.starts_at", "offset": "-1d", "if_past": if_past}, "then": [HELLO]}
    walk = Walk(compiled([wait, BYE]))
    walk.give(Resolved(moment=walk.moment, until=START - timedelta(hours=1), is_past=True))
    walk.go()
    assert sends(walk) == sent
    assert walk.command == Stop(reason="exit:past" if if_past == "exit" else "finished")


def test_a_stage_is_left_at_once_even_between_two_effects() -> None:
    plan: list[Document] = [
        {"stage": {"until": {"event": "Rang Bell"}, "steps": [{"score": "+1"}, HELLO, {"wait": "9d"}]}, "then": [BYE]}
    ]
    walk = Walk(compiled(plan))
    walk.give(Done(moment=walk.moment))
    assert isinstance(walk.command, SendMessage)
    walk.happen("stage/0")
    walk.go()
    assert sends(walk) == ["send-bye"]
    assert ("stage", "left") in walk.log


def test_a_repeat_starts_its_rounds_at_even_distances_and_ends_without_a_last_wait() -> None:
    walk = Walk(compiled([{"repeat": {"every": "7d", "times": 3, "steps": [HELLO, {"wait": "1d"}]}}, BYE]))
    starts: list[timedelta] = []
    walk.go()
    while not isinstance(walk.command, Stop):
        if walk.state.at == "wait-1d" and walk.state.visit > len(starts):
            starts.append(walk.state.entered.at - START)
        walk.sleep()
    assert starts == [timedelta(0), timedelta(days=7), timedelta(days=14)]
    assert walk.now - START == timedelta(days=15)
    assert walk.sent == [("send-hello", 1), ("send-hello", 2), ("send-hello", 3), ("send-bye", 1)]


def test_a_wait_is_not_over_before_its_time() -> None:
    walk = Walk(compiled([{"wait": "1d"}, HELLO]))
    walk.go()
    walk.sleep(timedelta(hours=23))
    assert sends(walk) == []
    walk.sleep()
    assert sends(walk) == ["send-hello"]


def test_the_deadline_of_a_send_with_a_time_of_day_counts_from_then() -> None:
    walk = Walk(compiled([{"send": {"template": "hello", "channel": "email", "at": "09:00", "deadline": "2h"}}]))
    walk.give(Resolved(moment=walk.moment, until=START + timedelta(hours=5)))
    walk.go()
    walk.now = end_of(walk)
    walk.give(TimeUp(moment=walk.by_the_clock))
    assert isinstance(walk.command, SendMessage)
    assert walk.command.deadline == START + timedelta(hours=7)
