"""Moments of the day and of the calendar, as authors write them."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from domain.calendar import is_instant
from domain.document.form import Form, briefly, wrong
from domain.document.words import Text, TimeOfDay, reference, time_of_day
from domain.rules.references import ROOTS


def moment(text: str) -> str:
    """A time of day, a reference or an instant, as written."""
    if is_time(text):
        return time_of_day(text)
    if text.partition(".")[0] in ROOTS:
        return reference(text)
    if not is_instant(text):
        raise wrong(
            f"{briefly(text)} is not a moment",
            'Write a time of day ("09:00"), a reference (event.starts_at) or an instant ("2026-12-24T09:00:00+01:00").',
        )
    return text


def is_time(text: str) -> bool:
    """Whether it is meant as a time of day."""
    return len(text) <= 5 and text[:1].isdigit() and ":" in text


Moment = Annotated[
    Text, AfterValidator(moment), WithJsonSchema({"type": "string", "examples": ["09:00", "event.starts_at"]})
]


class Between(Form):
    """Two times of day; the second may lie on the next morning."""

    short: ClassVar = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}

    start: TimeOfDay = Field(description="From this time of day on.")
    end: TimeOfDay = Field(description="Up to this time of day; earlier than `start` means the next morning.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`["21:00", "08:00"]` is start and end."""
        if isinstance(written, list) and len(written) == 2:
            return {"start": written[0], "end": written[1]}
        return written

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.start == self.end:
            raise wrong("start and end are the same", "Write two different times of day.")
        return self
