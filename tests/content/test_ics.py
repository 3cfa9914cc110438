"""Calendar entries by RFC 5545."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from content.ics import invite
from domain.errors import Defect

STAMP = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
WEBINAR: dict[str, JsonValue] = {
    "starts_at": "2026-03-29T15:00:00+02:00",
    "ends_at": "2026-03-29T16:30:00+02:00",
    "title": "Plans, prices; and a back\\slash",
    "location": "Room 1\nHong Kong",
    "url": "https://shop.test/webinar?id=1",
}


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_an_event_is_a_calendar_entry_in_utc() -> None:
    assert unfolded(invite(WEBINAR, uid="m1", stamp=STAMP)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sojourn//Sojourn//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:m1@sojourn",
        "DTSTAMP:20260301T093000Z",
        "DTSTART:20260329T130000Z",
        "DTEND:20260329T143000Z",
        "SUMMARY:Plans\\, prices\\; and a back\\\\slash",
        "LOCATION:Room 1\\nHong Kong",
        "URL:https://shop.test/webinar?id=1",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_time_without_offset_is_of_the_zone() -> None:
    event = {"starts_at": "2026-03-02T20:00"}
    assert "DTSTART:20260302T120000Z" in unfolded(invite(event, uid="m1", zone=ZoneInfo("Asia/Hong_Kong")))


def test_what_is_missing_is_left_out() -> None:
    event: dict[str, JsonValue] = {
        "starts_at": "2026-03-02T20:00Z",
        "ends_at": "2026-03-02T19:00Z",
        "url": "javascript:alert(1)",
        "location": 7,
    }
    lines = unfolded(invite(event, uid="m1", summary="Your seat"))
    assert "SUMMARY:Your seat" in lines
    assert "DTEND:20260302T200000Z" in lines, "no event ends before it starts"
    assert not [line for line in lines if line.startswith(("URL", "LOCATION", "DESCRIPTION"))]


def test_an_event_without_an_end_takes_an_hour() -> None:
    assert "DTEND:20260302T210000Z" in unfolded(invite({"starts_at": "2026-03-02T20:00Z"}, uid="m1"))


@pytest.mark.parametrize("event", [{}, {"starts_at": "soon"}, {"starts_at": None}])
def test_an_event_without_a_start_has_no_entry(event: dict[str, JsonValue]) -> None:
    with pytest.raises(Defect) as raised:
        invite(event, uid="m1")
    assert raised.value.code == "ics_without_start"


@given(title=st.text(min_size=1, max_size=400))
def test_no_title_breaks_a_line_or_adds_one(title: str) -> None:
    content = invite({"starts_at": "2026-03-02T20:00Z", "title": title}, uid="m1", stamp=STAMP)
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() for line in lines[:-1])
    names = [line.partition(":")[0] for line in unfolded(content)]
    assert names == [
        "BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "END", "END", "",
    ]  # fmt: skip
