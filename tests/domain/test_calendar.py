"""Moments in a customer's zone, through the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.account import Account
from domain.calendar import (
    DAYS,
    add_business_days,
    in_window,
    next_clock,
    parse_instant,
    quiet_until,
    zone_names,
    zone_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "clock", "days", "moment"),
    [
        ("2026-03-02T07:00", BERLIN, "09:00", (), "2026-03-02T08:00"),
        ("2026-03-02T08:00", BERLIN, "09:00", (), "2026-03-02T08:00"),  # now counts
        ("2026-03-02T08:00:00.000001", BERLIN, "09:00", (), "2026-03-03T08:00"),
        ("2026-03-02T08:30", BERLIN, "09:00", ("mon",), "2026-03-09T08:00"),
        ("2026-03-06T12:00", BERLIN, "09:00", ("mon", "tue"), "2026-03-09T08:00"),
        ("2026-03-02T23:30", BERLIN, "00:00", (), "2026-03-03T23:00"),
        ("2026-03-28T12:00", BERLIN, "02:30", (), "2026-03-29T01:00"),  # skipped: the first instant after the gap
        ("2026-03-29T01:00", BERLIN, "02:30", (), "2026-03-29T01:00"),
        ("2026-10-24T12:00", BERLIN, "02:30", (), "2026-10-25T00:30"),  # twice: the first
        ("2026-10-25T01:00", BERLIN, "02:30", (), "2026-10-26T01:30"),  # the second is no new one
        ("2026-10-03T00:00", LORD_HOWE, "02:15", (), "2026-10-03T15:30"),  # a gap of half an hour
        ("2011-12-29T20:00", APIA, "09:00", (), "2011-12-30T19:00"),  # there was no 30 December in Apia
        ("2011-12-29T20:00", APIA, "09:00", ("fri",), "2012-01-05T19:00"),
    ],
)
def test_the_next_time_the_clock_shows(
    now: str, zone: ZoneInfo, clock: str, days: tuple[str, ...], moment: str
) -> None:
    assert next_clock(utc(now), zone, clock, days) == utc(moment)


@pytest.mark.parametrize(
    ("now", "start", "end", "moment"),
    [
        ("2026-03-02T10:00", "09:00", "20:00", "2026-03-02T10:00"),
        ("2026-03-02T08:00", "09:00", "20:00", "2026-03-02T08:00"),
        ("2026-03-02T07:59", "09:00", "20:00", "2026-03-02T08:00"),
        ("2026-03-02T19:00", "09:00", "20:00", "2026-03-03T08:00"),  # the end is outside
        ("2026-03-02T23:30", "22:00", "02:00", "2026-03-02T23:30"),  # over midnight
        ("2026-03-02T12:00", "22:00", "02:00", "2026-03-02T21:00"),
        ("2026-03-02T12:00", "09:00", "09:00", "2026-03-02T12:00"),  # the whole day
    ],
)
def test_a_window_lets_through_or_names_its_next_begin(now: str, start: str, end: str, moment: str) -> None:
    assert in_window(utc(now), BERLIN, start, end) == utc(moment)


@pytest.mark.parametrize(
    ("now", "start", "end", "until"),
    [
        ("2026-03-02T12:00", "21:00", "08:00", None),
        ("2026-03-02T20:00", "21:00", "08:00", "2026-03-03T07:00"),
        ("2026-03-03T02:00", "21:00", "08:00", "2026-03-03T07:00"),
        ("2026-03-03T07:00", "21:00", "08:00", None),
        ("2026-03-03T11:30", "12:00", "14:00", "2026-03-03T13:00"),
        ("2026-03-03T11:30", "12:00", "12:00", None),
        ("2026-03-28T23:00", "21:00", "08:00", "2026-03-29T06:00"),  # a night of nine hours
        ("2026-03-29T00:30", "21:00", "02:30", "2026-03-29T01:00"),  # the end is skipped
        ("2026-10-25T00:20", "21:00", "02:30", "2026-10-25T00:30"),  # the end comes twice
        ("2026-10-25T01:10", "21:00", "02:30", None),
    ],
)
def test_quiet_hours_end_at_their_next_end(now: str, start: str, end: str, until: str | None) -> None:
    assert quiet_until(utc(now), BERLIN, start, end) == (utc(until) if until else None)


@pytest.mark.parametrize(
    ("now", "days", "moment"),
    [
        ("2026-03-02T10:00", 1, "2026-03-03T10:00"),
        ("2026-03-06T10:00", 1, "2026-03-09T10:00"),  # Friday to Monday
        ("2026-03-07T10:00", 1, "2026-03-09T10:00"),  # from a Saturday the first is Monday
        ("2026-03-06T23:30", 1, "2026-03-08T23:30"),  # already Saturday in Berlin
        ("2026-03-02T10:00", 10, "2026-03-16T10:00"),
        ("2026-03-27T10:00", 1, "2026-03-30T09:00"),  # the same time of day, the clocks have changed
        ("2026-03-02T10:00", 0, "2026-03-02T10:00"),
    ],
)
def test_business_days_keep_the_time_of_day(now: str, days: int, moment: str) -> None:
    assert add_business_days(utc(now), BERLIN, days) == utc(moment)


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2026-03-02", "2026-03-01T23:00"),
        ("2026-03-02T09:00", "2026-03-02T08:00"),
        ("2026-03-02 09:00:30", "2026-03-02T08:00:30"),
        ("2026-03-02T09:00Z", "2026-03-02T09:00"),
        ("2026-03-02T09:00:00.123456789+0530", "2026-03-02T03:30:00.123456"),
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # skipped: by the offset before (RFC 5545)
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first
        ("0001-01-01", "0001-01-01T00:00"),
        ("2026-02-30", None),
        ("2026-3-2", None),
        ("2026-W10-1", None),
        ("20260302", None),
        ("2026-03-02T24:00", None),
        ("2026-03-02\n", None),
        ("２０２６-03-02", None),
        ("tomorrow", None),
        ("", None),
        (1772409600, None),
        (True, None),
        (None, None),
        (["2026-03-02"], None),
    ],
)
def test_only_iso_dates_and_times_are_instants(value: Any, instant: str | None) -> None:
    assert parse_instant(value, BERLIN) == (utc(instant) if instant else None)


@pytest.mark.parametrize(
    ("attributes", "account", "zone", "whose"),
    [
        ({"timezone": "Europe/Berlin"}, "Asia/Tokyo", "Europe/Berlin", "customer"),
        ({"timezone": "UTC"}, "Asia/Tokyo", "UTC", "customer"),
        ({}, "Asia/Tokyo", "Asia/Tokyo", "account"),
        ({"timezone": "europe/berlin"}, "Asia/Tokyo", "Asia/Tokyo", "account"),
        ({"timezone": "../../etc/passwd"}, "Asia/Tokyo", "Asia/Tokyo", "account"),
        ({"timezone": "CET"}, "Asia/Tokyo", "Asia/Tokyo", "account"),
        ({"timezone": 5}, "Asia/Tokyo", "Asia/Tokyo", "account"),
        ({"timezone": None}, "Mars/Phobos", "UTC", "default"),
    ],
)
def test_the_zone_is_the_customers_else_the_accounts(
    attributes: dict[str, object], account: str, zone: str, whose: str
) -> None:
    assert zone_of(attributes, Account(timezone=account)) == (ZoneInfo(zone), whose)


zones = st.sampled_from(sorted(zone_names())).map(ZoneInfo)
moments = st.integers(631_152_000, 2_145_916_800).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)  # 1990 to 2037
clocks = st.times().map(lambda time: f"{time:%H:%M}")


def is_skipped(clock: str, day: date, zone: ZoneInfo) -> bool:
    """Whether clocks in the zone never showed that time on that day."""
    local = datetime.combine(day, time.fromisoformat(clock), zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)


@given(moments, zones, clocks, st.sets(st.sampled_from(DAYS)))
def test_the_next_clock_time_is_never_before_now_and_on_an_asked_day(
    now: datetime, zone: ZoneInfo, clock: str, days: set[str]
) -> None:
    moment = next_clock(now, zone, clock, days)
    local = moment.astimezone(zone)
    assert now <= moment <= now + timedelta(days=15 if days else 3)
    assert not days or DAYS[local.weekday()] in days
    assert f"{local:%H:%M}" == clock or is_skipped(clock, local.date(), zone)
    assert next_clock(moment, zone, clock, days) == moment


@given(moments, zones, clocks, clocks)
def test_quiet_hours_are_over_when_they_end(now: datetime, zone: ZoneInfo, start: str, end: str) -> None:
    until = quiet_until(now, zone, start, end)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=26)
    assert quiet_until(until, zone, start, end) is None
