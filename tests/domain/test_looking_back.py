"""What a run hears when it looks back over events that have been applied already (semantics 14)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from domain.engine.inputs import Done, Heard, Resolved
from domain.looking_back import Past, first_heard, listens_of, settled, silence_of, silent_until
from domain.rules.facts import Facts
from tests.domain.engine.documents import BYE, HELLO, Document, compiled
from tests.domain.engine.walk import RUN, START, Walk

DAY = timedelta(days=1)
RACE: Document = {
    "wait_for": {
        "first": [{"event": "Opened Door"}, {"event": "Rang Bell"}, {"reaction": "clicked", "to": "send-hello"}],
        "within": "3d",
    },
    "id": "race",
}


def racing() -> Walk:
    """A run that has sent at position 1 and waits since position 7."""
    walk = Walk(compiled([HELLO, {"wait": "1d"}, RACE, BYE]))
    walk.go()
    walk.position = 7
    walk.sleep()
    return walk


def past(position: int, name: str, after: timedelta = timedelta(0), **properties: JsonValue) -> Past:
    return Past(id=UUID(int=position), position=position, name=name, received_at=START + after, properties=properties)


def heard(walk: Walk, *events: Past) -> tuple[str, int] | None:
    """What is heard of these, and at which position."""
    listens = listens_of(walk.program, walk.state)
    found = first_heard(listens, events, Facts(now=walk.now), walk.state, walk.position)
    return (found[0], found[1].position) if found else None


def test_of_several_events_the_one_that_was_applied_first_is_heard() -> None:
    walk = racing()
    events = past(8, "Closed Door"), past(9, "Rang Bell"), past(10, "Opened Door"), past(11, "Rang Bell")
    assert heard(walk, *events) == ("race/1", 9)


def test_each_listen_hears_from_its_own_position_on() -> None:
    walk = racing()
    click: dict[str, Any] = {"run_id": str(RUN), "step": "send-hello"}
    assert heard(walk, past(7, "Rang Bell")) is None
    assert heard(walk, past(1, "Message Clicked", **click)) is None
    assert heard(walk, past(2, "Message Clicked", **click), past(7, "Rang Bell")) == ("race/2", 2)


def test_a_silence_counts_from_the_last_event_that_broke_it() -> None:
    walk = Walk(compiled([{"wait": {"silence": {"event": "Rang Bell"}, "for": "3d"}}]))
    walk.go()
    listen = silence_of(walk.program, walk.state)
    assert listen is not None
    facts = Facts(now=walk.now)
    events = past(2, "Rang Bell", DAY), past(3, "Rang Bell", 2 * DAY), past(4, "Closed Door", 3 * DAY)
    assert silent_until(listen, events, facts, walk.state, 3 * DAY) == START + 5 * DAY
    assert silent_until(listen, events[2:], facts, walk.state, 3 * DAY) is None


def test_a_wait_ends_with_what_was_heard_else_it_lasts_as_long_as_it_must() -> None:
    walk = racing()
    listens = listens_of(walk.program, walk.state)
    found = first_heard(listens, [past(9, "Rang Bell")], Facts(now=walk.now), walk.state, 9)
    assert isinstance(settled(walk.moment, START, found, START + DAY), Heard)
    assert settled(walk.moment, START, None, START + DAY) == Resolved(moment=walk.moment, until=START + DAY)
    assert settled(walk.moment, START, None, START) == Done(moment=walk.moment)
    assert settled(walk.moment, START, None, None) == Done(moment=walk.moment)
