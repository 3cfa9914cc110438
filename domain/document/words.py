"""The small values of a document: names, spans, times of day, shares, references."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from domain.document.form import briefly, wrong
from domain.durations import Duration, Rate, RateText, format_rate
from domain.rules.references import is_path, parse_ref

CHANNELS = ("email", "sms", "push", "web_push", "whatsapp", "messenger", "line", "webhook")
"""Every channel the language knows; which of them can send depends on the providers of an installation."""

LONGEST = timedelta(days=36_525)
"""A century: no wait, window or deadline is longer, so that dates stay dates."""

MOST_COUNTED = 1_000_000_000
"""The highest count of a rate: PostgreSQL counts in four bytes."""

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_GATHERED = re.compile(r"[a-z][a-z0-9_]*")
_URL = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")


def kebab(text: str) -> str:
    if not KEBAB.fullmatch(text) or len(text) > 100:
        raise wrong(
            f"{briefly(text)} is not a name", "Write small letters, digits and single hyphens, as in cart-reminder."
        )
    return text


def time_of_day(value: object) -> str:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise wrong(f"{briefly(value)} is not a time of day", 'Write it in quotes with two digits each, as in "09:00".')
    return value


def longer_than_zero(span: timedelta) -> timedelta:
    if span <= timedelta(0):
        raise wrong("a duration must be longer than zero", "Write a span such as 30m or 3d.")
    return within_a_century(span)


def within_a_century(span: timedelta) -> timedelta:
    if abs(span) > LONGEST:
        raise wrong("a duration cannot be longer than a century", "Write a shorter span.")
    return span


def is_countable(rate: Rate) -> bool:
    """Whether a rate holds anything back, and its count and span can be asked of the database."""
    return rate.count <= MOST_COUNTED and timedelta(seconds=1) <= rate.per <= LONGEST


def countable(rate: Rate) -> Rate:
    if not is_countable(rate):
        remedy = f"Write at most {MOST_COUNTED:,} in a span from a second to a century, as in 3/7d."
        raise wrong(f"{format_rate(rate)} cannot be counted", remedy)
    return rate


def share(value: object) -> float:
    """`5%` or 0.05 as a fraction."""
    text = value.removesuffix("%") if isinstance(value, str) and value.endswith("%") else None
    try:
        fraction = float(text) / 100 if text is not None else value
    except ValueError:
        fraction = None
    if isinstance(fraction, bool) or not isinstance(fraction, int | float) or not 0 <= fraction < 1:
        raise wrong(f"{briefly(value)} is not a share", "Write a percentage below 100%, as in 5%.")
    return float(fraction)


def names(value: object) -> object:
    """One name or a list of names, as a list."""
    return [value] if isinstance(value, str) else value


def gathered(text: str) -> str:
    if not _GATHERED.fullmatch(text):
        raise wrong(
            f"{briefly(text)} cannot be read as `run.…`", "Write small letters, digits and underscores, as in order."
        )
    return text


def reference(text: str) -> str:
    return parse_ref(text).ref


def event_property(text: str) -> str:
    """`event.cart_id` without its root."""
    if not text.startswith("event.") or not is_path(text):
        raise wrong(
            f"{briefly(text)} is not a property of the event", "Write event. and the name, as in event.cart_id."
        )
    return text.removeprefix("event.")


def url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise wrong(f"{briefly(text)} is not a URL", "Write it in full, beginning with https://.")
    return text


def email_address(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise wrong(f"{briefly(text)} is not an email address", "Write it as in sales@example.com.")
    return text


Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, AfterValidator(kebab), WithJsonSchema({"type": "string", "pattern": f"^{KEBAB.pattern}$"})]
TimeOfDay = Annotated[
    str,
    BeforeValidator(time_of_day),
    WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$", "examples": ["09:00"]}),
]
Span = Annotated[Duration, AfterValidator(longer_than_zero)]
Offset = Annotated[Duration, AfterValidator(within_a_century)]
CountedRate = Annotated[RateText, AfterValidator(countable)]
Share = Annotated[
    float,
    BeforeValidator(share),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": r"^\d+(\.\d+)?%$"}, {"type": "number", "minimum": 0}]}),
]
EventNames = Annotated[
    tuple[Text, ...],
    BeforeValidator(names),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
Gathered = Annotated[
    str, AfterValidator(gathered), WithJsonSchema({"type": "string", "pattern": f"^{_GATHERED.pattern}$"})
]
Reference = Annotated[
    str, AfterValidator(reference), WithJsonSchema({"type": "string", "examples": ["event.starts_at"]})
]
EventProperty = Annotated[
    str, AfterValidator(event_property), WithJsonSchema({"type": "string", "pattern": r"^event\..+$"})
]
Url = Annotated[str, AfterValidator(url), WithJsonSchema({"type": "string", "format": "uri"})]
EmailAddress = Annotated[str, AfterValidator(email_address), WithJsonSchema({"type": "string", "format": "email"})]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
