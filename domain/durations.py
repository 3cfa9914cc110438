"""Durations and rates as authors write them: `3d` is exactly 72 hours, `200/h` is 200 in any hour."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from domain.frozen import Frozen

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"-?(\d+(?:\.\d+)?[smhdw])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def parse_duration(text: object) -> timedelta:
    """`90m`, `3d`, `1d12h`, `-1d` as an exact span. Raises ValueError with the form that would have been right."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not _DURATION.fullmatch(text):
        raise ValueError(f"{text!r} is not a duration; write a number and s, m, h, d or w, as in 30m, 3d or 1d12h")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    try:
        return timedelta(seconds=-seconds if text.startswith("-") else seconds)
    except OverflowError:
        raise ValueError(f"{text!r} is longer than a duration can be") from None


def format_duration(span: timedelta) -> str:
    """The shortest way an author would write it: timedelta(days=3) is `3d`, 36 hours is `1d12h`."""
    seconds = int(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts = []
    for unit in ("d", "h", "m", "s"):
        count, seconds = divmod(seconds, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return sign + ("".join(parts) or "0s")


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?(\d+(\.\d+)?[smhdw])+$", "examples": ["30m", "3d", "1d12h"]}),
]


class Rate(Frozen):
    """So many per span: `200/h`, `3/7d`."""

    count: int
    per: timedelta


def parse_rate(text: object) -> Rate:
    """`200/h` or `3/7d`. Raises ValueError with the form that would have been right."""
    if isinstance(text, Rate):
        return text
    count, slash, span = text.partition("/") if isinstance(text, str) else ("", "", "")
    if not slash or not count.isdecimal() or int(count) == 0:
        raise ValueError(f"{text!r} is not a rate; write a count and a span, as in 200/h or 3/7d")
    return Rate(count=int(count), per=parse_duration(span if span[:1].isdigit() else f"1{span}"))


def format_rate(rate: Rate) -> str:
    """As an author would write it: `3/7d`."""
    return f"{rate.count}/{format_duration(rate.per)}"


RateText = Annotated[
    Rate,
    BeforeValidator(parse_rate),
    PlainSerializer(format_rate, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+/([smhdw]|(\d+[smhdw])+)$", "examples": ["200/h", "3/7d"]}),
]
