"""When something happened, by whose clock."""

from datetime import UTC, datetime, timedelta

import pytest

from api.events.moments import corrected, read_moment
from domain.errors import InvalidInput

RECEIVED = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T12:00:00Z", RECEIVED),
        ("2026-11-21t12:00:00z", RECEIVED),
        ("2026-11-21T13:00:00+01:00", RECEIVED),
        ("2026-11-21T12:00:00", RECEIVED),
        ("2026-11-21 12:00:00", RECEIVED),
        ("2026-11-21T12:00:00.123456789Z", RECEIVED + timedelta(microseconds=123456)),
        ("2026-11-21", RECEIVED - 12 * HOUR),
    ],
)
def test_moments_are_read_with_and_without_a_zone(text: str, expected: datetime) -> None:
    assert read_moment(text) == expected
    assert read_moment(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "now", "1700000000", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-09:00"])
def test_other_words_are_no_moments(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_moment(text)


@pytest.mark.parametrize(
    ("timestamp", "original", "sent_at", "expected"),
    [
        (None, None, None, RECEIVED),
        (RECEIVED - HOUR, None, None, RECEIVED - HOUR),
        (RECEIVED - HOUR, None, RECEIVED, RECEIVED - HOUR),
        # a clock that runs ahead, with and without the moment of sending
        (RECEIVED + HOUR, None, None, RECEIVED),
        (RECEIVED + 2 * HOUR, None, RECEIVED + 3 * HOUR, RECEIVED - HOUR),
        # also when the event itself lies in our past
        (RECEIVED - HOUR, None, RECEIVED + HOUR, RECEIVED - 2 * HOUR),
        # sent before it happened: nonsense, so now
        (RECEIVED + 2 * HOUR, None, RECEIVED, RECEIVED),
        (None, RECEIVED + 2 * HOUR, RECEIVED + 3 * HOUR, RECEIVED - HOUR),
        # somebody has corrected it already
        (RECEIVED - HOUR, RECEIVED + 2 * HOUR, RECEIVED + 3 * HOUR, RECEIVED - HOUR),
    ],
)
def test_a_clock_that_runs_ahead_is_corrected(
    timestamp: datetime | None, original: datetime | None, sent_at: datetime | None, expected: datetime
) -> None:
    assert corrected(RECEIVED, timestamp, original, sent_at) == expected
