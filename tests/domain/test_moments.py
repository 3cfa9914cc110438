"""When waits end."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import JsonValue

from domain.moments import LONGEST, resolve
from domain.program import BusinessDays, InWindow, Learned, Send, UntilClock, UntilMoment, Wait
from domain.rules.facts import Facts, Happening
from domain.rules.rule import Ref

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday; 18:00 in Hong Kong
HONG_KONG = ZoneInfo("Asia/Hong_Kong")


def wait(until: object) -> Wait:
    return Wait.model_validate({"id": "w", "until": until})


def facts(**event: JsonValue) -> Facts:
    return Facts(now=NOW, event=event, zone=HONG_KONG)


def test_a_clock_wait_follows_the_customers_zone_and_says_which_was_used() -> None:
    resolution = resolve(wait(UntilClock(time="09:00")), facts(), HONG_KONG)
    assert resolution.until == datetime(2026, 11, 21, 9, tzinfo=HONG_KONG)
    assert resolution.why["zone"] == "Asia/Hong_Kong"


def test_the_same_clock_wait_ends_elsewhere_for_somebody_elsewhere() -> None:
    assert resolve(wait(UntilClock(time="12:00")), facts(), ZoneInfo("UTC")).until == NOW.replace(hour=12)


def test_business_days_leave_out_the_weekend() -> None:
    until = resolve(wait(BusinessDays(days=1)), facts(), HONG_KONG).until
    assert until is not None
    assert until.astimezone(HONG_KONG).strftime("%a") == "Mon"


def test_a_window_that_is_open_lets_everybody_through_at_once() -> None:
    assert resolve(wait(InWindow(start="17:00", end="20:00")), facts(), HONG_KONG).until == NOW


def test_an_instant_of_the_event_is_never_re_zoned() -> None:
    form = UntilMoment(moment=Ref(ref="event.starts_at"), offset=timedelta(days=-1))
    resolution = resolve(wait(form), facts(starts_at="2026-11-25T09:00:00Z"), HONG_KONG)
    assert (resolution.until, resolution.is_past) == (datetime(2026, 11, 24, 9, tzinfo=UTC), False)


@pytest.mark.parametrize(
    "value", ["2026-11-20T09:59:00Z", "2026-11-20T10:00:00Z", "soon", None, 7, "9999-12-31T23:59:59Z"]
)
def test_a_moment_that_is_over_or_none_counts_as_past(value: JsonValue) -> None:
    form = UntilMoment(
        moment=Ref(ref="event.starts_at"), offset=timedelta(days=1) if value == "9999-12-31T23:59:59Z" else timedelta(0)
    )
    assert resolve(wait(form), facts(starts_at=value), HONG_KONG).is_past


def test_a_faster_development_run_passes_calendar_waits_at_once() -> None:
    for step in (wait(UntilClock(time="09:00")), Send(id="s", template="t", channels=("email",), at="09:00")):
        assert resolve(step, facts(), HONG_KONG, time_scale=60).until is None


@pytest.mark.parametrize(
    ("value", "days"),
    [("10d", 8.0), (10, 8.0), (None, 24.0), ("often", 24.0), (-3, 7.0), (1e300, LONGEST.days), (400, 180.0)],
)
def test_a_learned_span_is_scaled_and_bounded(value: JsonValue, days: float) -> None:
    bounded = days != LONGEST.days
    form = Learned(
        ref=Ref(ref="event.cycle"),
        default=timedelta(days=30),
        times=0.8 if bounded else 10,
        min=timedelta(days=7),
        max=timedelta(days=180) if bounded else None,
    )
    if value == 1e300:
        form = form.model_copy(update={"default": timedelta(days=36_500)})
    until = resolve(wait(form), facts(cycle=value), HONG_KONG).until
    assert until is not None
    assert (until - NOW) / timedelta(days=1) == pytest.approx(days)


def test_a_learned_gap_is_that_between_the_customers_own_orders() -> None:
    form = Learned(gap_event="Order Completed", default=timedelta(days=30))
    orders = [Happening("Order Completed", NOW - timedelta(days=days)) for days in (50, 30, 10)]
    until = resolve(wait(form), Facts(now=NOW, history=orders), HONG_KONG).until
    assert until == NOW + timedelta(days=20)
