"""An event as a calendar entry (RFC 5545), for `attach: ics`."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from pydantic import JsonValue

from domain.calendar import parse_instant
from domain.errors import Defect

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_URL = re.compile(r"https?://[\x21-\x7e]+")
_FOLD = 75
"""Octets of a line, without its end (RFC 5545, section 3.1)."""
_WITHOUT_END = timedelta(hours=1)


def invite(
    event: Mapping[str, JsonValue],
    *,
    uid: str,
    summary: str = "",
    zone: tzinfo = UTC,
    stamp: datetime | None = None,
) -> bytes:
    """The calendar entry of an event with `starts_at` and, if it has them, `ends_at` (else an hour later), `title` (or
    `name`), `location`, `description` and `url`.

    `summary` stands in for a title. A calendar that sees the same `uid` again changes the entry that it has; the later
    `stamp` (now, if not given) wins. Times without an offset are of `zone`. Raises Defect without a start.
    """
    starts_at = parse_instant(event.get("starts_at"), zone)
    if starts_at is None:
        raise Defect(
            "The event has no `starts_at` that is a time, so it has no calendar entry.", code="ics_without_start"
        )
    ends_at = parse_instant(event.get("ends_at"), zone) or starts_at + _WITHOUT_END
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sojourn//Sojourn//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}@sojourn",
        f"DTSTAMP:{_instant(stamp or datetime.now(UTC))}",
        f"DTSTART:{_instant(starts_at)}",
        f"DTEND:{_instant(max(starts_at, ends_at))}",
        f"SUMMARY:{_text(_word(event, 'title') or _word(event, 'name') or summary)}",
        *_optional(event),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _optional(event: Mapping[str, JsonValue]) -> Iterator[str]:
    for name in ("location", "description"):
        if word := _word(event, name):
            yield f"{name.upper()}:{_text(word)}"
    url = _word(event, "url")
    if _URL.fullmatch(url):
        yield f"URL:{url}"


def _word(event: Mapping[str, JsonValue], name: str) -> str:
    value = event.get(name)
    return value.strip() if isinstance(value, str) else ""


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A value of type TEXT (section 3.3.11)."""
    clean = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, all but the first after a space; no character is cut in two."""
    part = ""
    size = 0
    for character in line:
        width = len(character.encode())
        if size + width > _FOLD:
            yield part
            part, size = " ", 1
        part += character
        size += width
    yield part
