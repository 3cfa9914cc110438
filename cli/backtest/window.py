"""From when to when: `90d` ago, a date, a date and time. What is not recorded any more cannot be tried."""

from datetime import UTC, datetime, timedelta

from domain.calendar import parse_instant
from domain.durations import parse_duration
from domain.errors import InvalidInput


def moment(written: str, now: datetime) -> datetime:
    """A span before now, or a date (and time; UTC unless it has an offset). Raises InvalidInput."""
    try:
        span = parse_duration(written)
    except ValueError:
        at = parse_instant(written, UTC)
        if at is None:
            message = f"{written!r} is no moment. Write a span such as 90d, or a date such as 2026-03-01."
            raise InvalidInput(message) from None
        return at
    if span <= timedelta(0):
        raise InvalidInput(f"{written!r} is not in the past. Write a span such as 90d.")
    try:
        return now - span
    except OverflowError:
        raise InvalidInput(f"{written!r} lies before all calendars.") from None


def known_window(since: datetime, until: datetime, recorded_from: datetime | None) -> tuple[datetime, list[str]]:
    """When the window really begins, and what has to be said of it. Raises InvalidInput when nothing of it is recorded."""
    if since >= until:
        raise InvalidInput(
            f"the window is empty: it begins {since:%Y-%m-%d %H:%M} and ends {until:%Y-%m-%d %H:%M} UTC."
        )
    if recorded_from is None:
        raise InvalidInput("no event is recorded: there is nothing to try the journey on.")
    known = f"{recorded_from:%Y-%m-%d %H:%M} UTC"
    if until <= recorded_from:
        message = f"events are recorded from {known} on; this window ends before. Its events are past their retention"
        raise InvalidInput(f"{message}, or were never here. Choose a later window.", code="purged_period")
    if since >= recorded_from:
        return since, []
    told = (
        f"Events are recorded from {known} on: the window begins there, and rules that look further back see nothing."
    )
    return recorded_from, [told]
