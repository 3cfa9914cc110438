"""The Retry-After header."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)


def read_retry_after(text: str | None) -> timedelta | None:
    """The span that a Retry-After header asks for, in seconds or as a date (RFC 9110, section 10.2.3), at most a day."""
    if not text:
        return None
    if text.isdecimal():
        return timedelta(seconds=int(text)) if len(text) < 6 and int(text) < LONGEST.total_seconds() else LONGEST
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max(moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC), timedelta(0)), LONGEST)
