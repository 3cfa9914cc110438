"""When something happened, by the sender's clock and by ours."""

from datetime import UTC, datetime

from domain.errors import InvalidInput

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def read_moment(text: str) -> datetime:
    """A date and time as in RFC 3339 or ISO 8601, in UTC where it names no zone. Raises InvalidInput."""
    try:
        moment = datetime.fromisoformat(text.upper())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("Not a date and time as in RFC 3339, such as 2026-11-21T09:30:00Z.") from None
    if moment < EARLIEST:
        raise InvalidInput("Before 1970.")
    return moment


def corrected(
    received_at: datetime, timestamp: datetime | None, original: datetime | None, sent_at: datetime | None
) -> datetime:
    """When it happened by our clock; never later than `received_at`, and never before 1970.

    A sender whose clock runs ahead shows it by an event or a sending in the future. What then counts is how long before
    the sending it happened: received_at - (sent_at - original), as Segment does. `original` stands beside a `timestamp`
    that somebody has corrected already.
    """
    if timestamp is not None and original is not None:
        return min(timestamp, received_at)
    happened = timestamp or original or received_at
    if sent_at is not None and max(happened, sent_at) > received_at:
        try:
            happened = received_at - (sent_at - happened)
        except OverflowError:  # thousands of years before the sending
            happened = EARLIEST
    return max(min(happened, received_at), EARLIEST)
