"""Moments of a customer's day: clock times, windows, quiet hours and business days in their zone. All results are UTC.

A local time that a clock change leaves out means the first instant after the gap; one that happens twice means the
first. An instant in a text without an offset is read by RFC 5545, section 3.3.5 (see `parse_instant`).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

from domain.account import Account

reset_tzpath(to=())
"""Zones come from the pinned package tzdata and from nowhere else: a machine's own may be years old, and PostgreSQL has
its own as well, so that the two evaluators of rules would read the same clock time differently."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

INSTANT = (
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?)?"
)
"""The ISO 8601 forms that are read as instants: a date, or a date and time with or without an offset."""

_INSTANT = re.compile(INSTANT)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@cache
def zone_names() -> frozenset[str]:
    """The zones customers may have: IANA names with an area (`Europe/Berlin`), UTC and GMT.

    Old names without an area are left out: some of them (`CET`, `EST`) mean a zone here and an abbreviation in PostgreSQL.
    """
    return frozenset(name for name in available_timezones() if "/" in name) | {"UTC", "GMT"}


def zone_of(attributes: Mapping[str, object], account: Account) -> tuple[ZoneInfo, str]:
    """The customer's zone, and whose it is: `customer`, else `account`, or `default` (UTC) where neither names a zone."""
    for name, whose in ((attributes.get("timezone"), "customer"), (account.timezone, "account")):
        if isinstance(name, str) and name in zone_names():
            return ZoneInfo(name), whose
    return ZoneInfo("UTC"), "default"


def parse_instant(value: object, zone: tzinfo) -> datetime | None:
    """The instant that an ISO 8601 text (or datetime) means, in UTC; None if it means none.

    A date is its midnight. Without an offset it is in `zone`; in a gap the offset before the gap counts, and what
    happens twice means the first (RFC 5545, section 3.3.5). Fractions of microseconds are cut off; in UTC the years 1
    to 9999 are all there is, so an instant just beyond them is their first or last.
    """
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return _LAST if value.year > 1 else _FIRST


def is_instant(text: str) -> bool:
    """Whether text is an instant in some zone."""
    return parse_instant(text, UTC) is not None


def next_clock(now: datetime, zone: tzinfo, clock: str, days: Collection[str] = ()) -> datetime:
    """The next instant, `now` included, at which it is `clock` (HH:MM) in `zone`, on one of `days` (mon to sun; empty: any)."""
    at = _time(clock)
    for day in _days_from(now, zone):
        if days and DAYS[day.weekday()] not in days:
            continue
        moment = _moment(day, at, zone)
        if moment >= now and moment.astimezone(zone).date() == day:
            return moment
    raise AssertionError("a calendar has no end")


def in_window(now: datetime, zone: tzinfo, start: str, end: str) -> datetime:
    """`now` while the clock is between `start` and `end`, else the next start. May cross midnight; equal times are all day."""
    if start == end or _end_of_span(now, zone, start, end):
        return now
    return next_clock(now, zone, start)


def quiet_until(now: datetime, zone: tzinfo, start: str, end: str) -> datetime | None:
    """When the quiet hours end in which `now` lies, or None outside of them. Equal times mean that there are none."""
    return None if start == end else _end_of_span(now, zone, start, end)


def add_business_days(now: datetime, zone: tzinfo, days: int) -> datetime:
    """The same time of day `days` business days (Monday to Friday in `zone`) later; from a weekend the first is Monday."""
    local = now.astimezone(zone)
    day = local.date()
    while days > 0:
        day += _DAY
        days -= day.weekday() < 5
    return _moment(day, local.time(), zone) if day != local.date() else now


def _end_of_span(now: datetime, zone: tzinfo, start: str, end: str) -> datetime | None:
    """The end of the span between two clock times in which `now` lies. Spans are of instants: a repeated hour is inside once."""
    begins, ends = _time(start), _time(end)
    today = now.astimezone(zone).date()
    for day in (today - _DAY, today):
        begin = _moment(day, begins, zone)
        finish = _moment(day if begins < ends else day + _DAY, ends, zone)
        if begin <= now < finish:
            return finish
    return None


def _days_from(now: datetime, zone: tzinfo) -> Iterator[date]:
    day = now.astimezone(zone).date()
    while True:
        yield day
        day += _DAY


def _time(clock: str) -> time:
    return time.fromisoformat(clock)


def _moment(day: date, at: time, zone: tzinfo) -> datetime:
    """The instant of a local time; the first after the gap if clocks skip it, the first of two if they repeat it."""
    local = datetime.combine(day, at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before = local.replace(fold=1).astimezone(UTC)
    while moment - before > _SECOND:
        middle = before + ((moment - before) / 2 // _SECOND) * _SECOND
        if middle.astimezone(zone).replace(tzinfo=None) > local.replace(tzinfo=None):
            moment = middle
        else:
            before = middle
    return moment
