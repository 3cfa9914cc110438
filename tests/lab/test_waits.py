"""Waits on the virtual clock: spans, clock times in the customer's zone, instants, windows, silence."""

import pytest

from tests.lab.stage import Stage


def after(stage: Stage, wait: str) -> None:
    stage.journey(f"- {{id: pause, wait: {wait}}}\n- {{id: a, send: email/hello}}")


def test_a_span_is_exact_also_when_the_clocks_change(stage: Stage) -> None:
    after(stage, "1d")
    stage.passes(
        """
        customer: {timezone: Europe/Berlin}
        start: "2026-03-28T12:00"
        when: [{at: 0, event: Go}]
        expect: [{at: 1d, sent: email/hello}]
        """
    )


@pytest.mark.parametrize(
    ("zone", "moment"), [("Europe/Berlin", "23h"), ("Asia/Hong_Kong", "23h"), ("America/New_York", "23h")]
)
def test_a_clock_time_is_that_of_the_customer(stage: Stage, zone: str, moment: str) -> None:
    after(stage, '{until: "09:00"}')
    stage.passes(
        f"customer: {{timezone: {zone}}}\nwhen: [{{at: 0, event: Go}}]\nexpect: [{{at: {moment}, sent: email/hello}}]"
    )


def test_a_night_with_a_clock_change_is_an_hour_shorter(stage: Stage) -> None:
    after(stage, '{until: "09:00"}')
    stage.passes(
        """
        customer: {timezone: Europe/Berlin}
        start: "2026-03-28T10:00"
        when: [{at: 0, event: Go}]
        expect: [{at: 22h, sent: email/hello}]
        """
    )


def test_without_a_zone_the_accounts_counts(stage: Stage) -> None:
    after(stage, '{until: "18:00"}')
    stage.passes(
        """
        account: {timezone: Asia/Tokyo}
        start: "2026-01-05T09:00:00Z"
        when: [{at: 0, event: Go}]
        expect: [{at: 0, sent: email/hello}]
        """
    )


def test_an_instant_of_the_event_follows_if_past(stage: Stage) -> None:
    stage.journey(
        """
        - id: before
          wait: {until: event.at, offset: -1h, if_past: skip}
          then: [{id: soon, send: email/hello}]
        """
    )
    stage.passes(
        'when: [{at: 0, event: Go, properties: {at: "2026-01-05T15:00:00Z"}}]\nexpect: [{at: 4h, sent: email/hello}]'
    )
    stage.passes(
        'when: [{at: 0, event: Go, properties: {at: "2026-01-05T10:30:00Z"}}]\n'
        "expect: [{not_sent: email/hello}, {ended: finished}]"
    )


def test_a_window_and_business_days(stage: Stage) -> None:
    after(stage, '{window: ["09:00", "20:00"]}')
    stage.passes('start: "2026-01-05T22:00"\nwhen: [{at: 0, event: Go}]\nexpect: [{at: 11h, sent: email/hello}]')
    stage.passes("when: [{at: 0, event: Go}]\nexpect: [{at: 0, sent: email/hello}]")
    stage.folder.joinpath("journey.yaml").unlink()


def test_business_days_pass_over_the_weekend(stage: Stage) -> None:
    after(stage, "{business_days: 2}")
    stage.passes('start: "2026-01-09T10:00"\nwhen: [{at: 0, event: Go}]\nexpect: [{at: 4d, sent: email/hello}]')


def test_silence_begins_anew_with_each_event(stage: Stage) -> None:
    after(stage, "{silence: {event: Seen}, for: 1h}")
    stage.passes(
        """
        when: [{at: 0, event: Go}, {at: 30m, event: Seen}, {after: 50m, event: Seen}]
        expect: [{at: 2h20m, sent: email/hello}]
        """
    )


def test_a_learned_wait_reads_the_gaps_of_the_history(stage: Stage) -> None:
    after(stage, "{for: {gap: {of: Ordered}}, default: 30d}")
    stage.passes(
        """
        history: [{ago: 30d, event: Ordered}, {ago: 20d, event: Ordered}, {ago: 10d, event: Ordered}]
        when: [{at: 0, event: Go}]
        expect: [{at: 10d, sent: email/hello}]
        """
    )
    stage.passes("when: [{at: 0, event: Go}]\nexpect: [{at: 30d, sent: email/hello}]")


def test_a_spread_is_stable_and_within_its_span(stage: Stage) -> None:
    after(stage, '{until: "18:00", spread: 2h}')
    stage.passes("when: [{at: 0, event: Go}]\nexpect: [{at: 8h, within: 2h, sent: email/hello}]")
