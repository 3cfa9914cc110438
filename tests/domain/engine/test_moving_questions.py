"""Whoever waits for an answer is moved: what was asked stays asked, and is not asked again."""

from datetime import timedelta
from typing import Any

from domain.looking_back import every_listen
from tests.domain.engine.documents import BYE, HELLO
from tests.domain.engine.test_migrating import DAY, SMS, move, version, wait, waiting_at
from tests.domain.engine.walk import START, end_of, sends


def asks(name: str, of: str, within: str = "3d") -> dict[str, Any]:
    return {
        "id": name,
        "approve": {"to": "legal", "title": "ok?", "of": of, "within": within},
        "rejected": [{**SMS, "id": f"text-{name}"}],
    }


def test_whoever_waits_for_an_answer_waits_on_under_another_id_for_the_answer_to_what_was_asked() -> None:
    walk = waiting_at(version(1, asks("ok", "send-hello"), HELLO), days=1)
    assert walk.state.waiting is not None
    asked = walk.state.waiting.asked
    move(walk, version(2, asks("consent", "send-hello", "2d"), HELLO), ok="consent")
    walk.go()
    assert (walk.state.at, walk.state.waiting.asked, walk.state.sent_as) == ("consent", asked, {"consent": "ok"})
    assert end_of(walk) == START + 2 * DAY
    assert every_listen(walk.program, walk.state)["consent/approved"].asked == asked
    walk.happen("consent/approved")
    walk.go()
    assert sends(walk) == ["send-hello"]


def test_a_question_does_not_take_the_place_of_one_that_the_run_has_asked_before() -> None:
    before = [asks("first", "send-hello"), asks("second", "send-hello"), HELLO]
    walk = waiting_at(version(1, *before))
    walk.happen("first/approved")
    walk.go()
    assert walk.state.at == "second"
    move(walk, version(2, asks("first", "send-hello"), HELLO), second="first")
    assert walk.program.version == 1


def test_where_the_question_is_gone_the_run_keeps_its_version_and_waits_on() -> None:
    walk = waiting_at(version(1, asks("ok", "send-hello"), HELLO))
    before = walk.state
    move(walk, version(2, wait("1d"), HELLO), ok="rest")
    assert walk.state == before.with_changes({"number": before.number + 1})
    walk.happen("ok/rejected")
    walk.go()
    assert sends(walk) == ["text-ok", "send-hello"]


def test_a_version_that_does_not_await_the_other_journey_any_more_goes_on_at_once_and_starts_it_no_second_time() -> (
    None
):
    awaits = {"id": "trial", "start_journey": {"journey": "trial", "await": True, "within": "9d"}, "else": [SMS]}
    walk = waiting_at(version(1, awaits, BYE))
    move(walk, version(2, {"id": "trial", "start_journey": "trial"}, BYE))
    walk.go()
    walk.sleep(timedelta(0))
    assert sends(walk) == ["send-bye"]
    assert walk.log.count(("start_journey", "asked")) == 1
