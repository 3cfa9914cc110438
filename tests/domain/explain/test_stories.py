"""The story: in the customer's zone, also for what did not happen."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domain.explain import JourneyMaterial, SeenEvent, markdown
from domain.program import Entry, Trigger
from domain.records import EventRecord, RunRecord
from tests.domain.explain.material import (
    ADA,
    CART,
    CHECKS,
    LIVE,
    NOON,
    PROGRAM,
    RUN,
    decision,
    message_of,
    run_of,
    sentence_of,
    story,
)


def test_times_are_in_the_customers_zone_and_the_zone_is_named() -> None:
    told = story(decision("entry", "entered", event_id=str(CART.id)), zone="Europe/Berlin", zone_of="customer")
    assert "13:00:00 CET" in told.lines[0].sentence
    assert "Times are in Europe/Berlin, the customer's own time zone." in markdown(told)


def test_a_send_names_template_version_and_the_providers_answer() -> None:
    message = message_of("delivered", provider="smtp", answer={"response": "250 queued"})
    made = decision("send", "handed_over", step="send-reminder", message_id=str(message.id))
    assert sentence_of(made, messages=(message,)) == (
        'Handed over the email reminder (template version 4) to smtp, which answered "250 queued".'
    )


def test_reactions_are_told_and_those_of_machines_are_marked() -> None:
    message = message_of("delivered")
    opened = EventRecord(
        id=uuid4(),
        name="Message Opened",
        type="internal",
        timestamp=NOON + timedelta(hours=2),
        received_at=NOON,
        properties={"message_id": str(message.id), "machine": True},
    )
    lines = [line.sentence for line in story(messages=(message,), events=(opened,)).lines]
    assert "Opened email/reminder, by a machine: marked, not counted." in lines


def test_a_message_without_a_decision_is_told_from_the_ledger() -> None:
    assert story(messages=(message_of("claimed"),)).lines[0].sentence == (
        "Claimed the email reminder (template version 4): it is being handed over."
    )


def test_the_story_of_a_message_holds_what_led_to_it_and_nothing_that_came_after() -> None:
    message = message_of("handed_over", handed_over_at=NOON + timedelta(hours=1))
    told = story(
        decision("entry", "entered", event="Cart Updated"),
        decision("gate", "go", minutes=60, step="send-reminder", asked=[{"channel": "email", "checks": CHECKS[:1]}]),
        decision("send", "handed_over", minutes=60.1, step="send-reminder", message_id=str(message.id)),
        decision("wait_for", "timed_out", minutes=2000, step="hear"),
        message=message,
    )
    assert [line.kind for line in told.lines] == ["entry", "gate", "send"]
    assert told.answer.startswith("email/reminder (template version 4) was handed over on 3 Nov 2026, 13:00:00 UTC")


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (run_of("running", step="wait-1h", waiting_until=NOON), "is at wait-1h until 3 Nov 2026, 12:00:00 UTC."),
        (run_of("ended", ended_reason="goal", ended_at=NOON), "ended on 3 Nov 2026, 12:00:00 UTC (goal)."),
        (run_of("parked", step="send-reminder"), "is parked at send-reminder."),
        (run_of("queued"), "is queued to start."),
    ],
)
def test_the_answer_says_first_how_the_newest_run_stands(run: RunRecord, expected: str) -> None:
    answer = story(runs=(run,), journey=LIVE).answer
    assert answer == f"Has entered abandoned-cart once. The newest run, abandoned-cart version 3, {expected}"


def absence(**material: object) -> list[str]:
    return [line.sentence for line in story(journey=LIVE, **material).lines]


def test_without_any_event_the_story_names_the_event_that_never_came() -> None:
    assert absence(events=()) == [
        'No event "Cart Updated" has ever arrived for this customer. Nothing has: no event of theirs is known.'
    ]


def test_an_event_with_nearly_the_right_name_is_pointed_out() -> None:
    seen = (SeenEvent(name="cart updated", count=3, last=NOON),)
    [sentence] = absence(events=(), seen=seen)
    assert sentence.endswith('"cart updated" has: names must be the same to the letter.')


def test_other_events_are_counted_so_that_one_sees_that_tracking_works() -> None:
    seen = (SeenEvent(name="Page Viewed", count=7, last=NOON),)
    [sentence] = absence(events=(), seen=seen)
    assert sentence.endswith('7 others did, the last one "Page Viewed" on 3 Nov 2026, 12:00:00 UTC.')


def test_an_event_whose_properties_do_not_fit_is_told_with_the_values() -> None:
    [sentence] = absence()
    assert "did not have the properties that the journey asks for" in sentence
    assert "20" in sentence


def test_an_event_before_the_first_publication_is_told_as_such() -> None:
    late = LIVE.model_copy(update={"published_at": NOON + timedelta(hours=1)})
    [line] = story(journey=late).lines
    assert line.sentence.endswith("arrived before the journey was first published on 3 Nov 2026, 13:00:00 UTC.")


def test_a_logged_near_miss_is_told_once_and_is_the_answer() -> None:
    miss = decision(
        "near_miss", "filter", run=None, event_id=str(CART.id), why="value is not at least 50", values={"value": 20}
    )
    told = story(miss, journey=LIVE)
    assert [line.kind for line in told.lines] == ["near_miss"]
    assert told.answer.startswith('Has never entered abandoned-cart. Did not enter abandoned-cart: "Cart Updated"')


@pytest.mark.parametrize(
    ("journey", "expected"),
    [
        (JourneyMaterial(journey="spring", status="draft"), "has never been published"),
        (LIVE.model_copy(update={"status": "archived"}), "is archived"),
    ],
)
def test_a_journey_that_nobody_can_enter_says_so(journey: JourneyMaterial, expected: str) -> None:
    assert expected in story(journey=journey, events=()).lines[0].sentence


def test_a_manual_journey_says_that_nobody_asked() -> None:
    by_hand = PROGRAM.model_copy(update={"entries": (Entry(trigger=Trigger(id="manual"), manual=True),)})
    told = story(journey=LIVE.model_copy(update={"program": by_hand}), events=())
    assert "by request only" in told.lines[0].sentence


def test_events_that_are_not_applied_yet_are_mentioned() -> None:
    assert "2 accepted events of this customer are not applied yet; ask again in a moment." in absence(unapplied=2)


def test_names_and_values_of_customers_cannot_become_markup() -> None:
    wicked = ADA.model_copy(update={"attributes": {"first_name": "<script>", "last_name": "[x](http://y)"}})
    text = markdown(story(customer=wicked))
    assert "<script>" not in text.replace("\\<script\\>", "")
    assert "[x](http" not in text


def test_markdown_tells_run_by_run_in_the_order_of_entry() -> None:
    other = uuid4()
    text = markdown(
        story(
            decision("entry", "entered", event="Cart Updated"),
            decision("entry", "entered", minutes=5, run=other, event="Cart Updated"),
            decision("near_miss", "repeat", minutes=3, run=None, event="Cart Updated"),
        )
    )
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        f"## abandoned-cart, version 3 (run {RUN})",
        f"## abandoned-cart, version 3 (run {other})",
        "## Outside of runs",
    ]
