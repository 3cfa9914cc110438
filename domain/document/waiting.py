"""`wait`: until a moment. Each form is a mapping; `spread` stands in any of them."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.document.form import Form, by_key, choose, wrong
from domain.document.moments import Between, Moment, is_time
from domain.document.parts import RawSteps, RawWhere
from domain.document.step import StepForm
from domain.document.words import EventNames, Offset, Reference, Span, Text, TimeOfDay, Weekday


class Spreading(Form):
    """What any wait may have."""

    spread: Span | None = Field(None, description="Spreads a crowd evenly over this span after the moment.")


class WaitUntil(Spreading):
    """Until a time of day in the customer's zone, or until an instant."""

    until: Moment = Field(description='`"09:00"`, a reference such as `event.starts_at`, or an instant in ISO 8601.')
    days: tuple[Weekday, ...] = Field((), description="With a time of day: on which days, as in `[mon, tue]`.")
    offset: Offset | None = Field(None, description="With an instant: so long before (`-1d`) or after it.")
    if_past: Literal["continue", "skip", "exit"] | None = Field(
        None,
        description="When the instant has passed: `continue`, `skip` (`then` is left out) or `exit`. Required with `offset`.",
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if is_time(self.until):
            if self.offset is not None or self.if_past is not None:
                raise wrong("`offset` and `if_past` go with an instant, not with a time of day", "Leave them out.")
        elif self.days:
            raise wrong(
                "`days` goes with a time of day, not with an instant", 'Write until: "09:00", or leave `days` out.'
            )
        elif self.offset is not None and self.if_past is None:
            raise wrong(
                "`offset` needs `if_past`", "Say what happens when the moment has passed: continue, skip or exit."
            )
        return self


class WaitWindow(Spreading):
    """Until the time of day lies within the window; at once when it does."""

    window: Between = Field(description='`["09:00", "20:00"]`, in the customer\'s zone.')


class SilenceForm(Form):
    """The event that must not happen."""

    event: EventNames = Field(description="The event's name, or a list of names.")
    where: RawWhere | None = Field(None, description="What the properties of the arriving event must be.")
    same: Text | None = Field(None, description="A property that must equal the run's key (the entry's `per`).")


class WaitSilence(Spreading):
    """Until the event has not happened for the span."""

    silence: SilenceForm = Field(description="The event, as `{event, where, same}`.")
    span: Span = Field(alias="for", description="How long it must be quiet.")


class WaitSpan(Spreading):
    """An exact span; `wait: 3d` is short for it."""

    short: ClassVar = {"type": "string", "examples": ["3d"]}

    span: Span = Field(alias="for", description="How long, as in `3d`.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`wait: 3d` is `wait: {for: 3d}`."""
        return {"for": written} if isinstance(written, str) else written


class GapForm(Form):
    """The customer's own rhythm: time between occurrences of an event."""

    of: Text = Field(description="The event's name.")
    stat: Literal["median", "mean", "min", "max", "last"] = Field("median", description="Which figure of the gaps.")


class LearnedFrom(Form):
    """Where a span is read from: exactly one of the two."""

    one_of = ("ref", "gap")

    ref: Reference | None = Field(
        None, description="A span such as `3d`, or a number of days, as in `customer.refill_after`."
    )
    gap: GapForm | None = Field(None, description="`{of: Order Completed, stat: median}`.")


class WaitLearned(Spreading):
    """A span read from what is known about the customer."""

    learned: LearnedFrom = Field(
        alias="for", description="`{ref: customer.refill_after}` or `{gap: {of: Order Completed}}`."
    )
    default: Span = Field(description="The span when nothing is known.")
    times: float = Field(1.0, gt=0, le=1_000, description="A factor, as in `0.8`.")
    min: Span | None = Field(None, description="Never shorter than this.")
    max: Span | None = Field(None, description="Never longer than this.")
    at: TimeOfDay | None = Field(None, description="Then until this time of day in the customer's zone.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise wrong("`min` is longer than `max`", "Exchange them.")
        return self


class WaitBusinessDays(Spreading):
    """So many business days in the customer's zone."""

    business_days: int = Field(ge=1, le=10_000, description="How many; Saturdays and Sundays do not count.")


WaitForm = WaitUntil | WaitWindow | WaitSilence | WaitSpan | WaitLearned | WaitBusinessDays
_BY_KEY: dict[str, type[Form]] = {
    "until": WaitUntil,
    "window": WaitWindow,
    "silence": WaitSilence,
    "for": WaitSpan,
    "business_days": WaitBusinessDays,
}


def _form(written: object) -> type[Form]:
    if isinstance(written, str):
        return WaitSpan
    if isinstance(written, Mapping) and "silence" not in written and isinstance(written.get("for"), Mapping):
        return WaitLearned
    return by_key(written, _BY_KEY)


class WaitStep(StepForm):
    """Waits until a moment."""

    wait: Annotated[WaitForm, choose(_form)] = Field(description="`3d`, or a mapping in one of the forms below.")
    then: RawSteps = Field(
        [], description="Steps when the moment comes; left out when it has passed and `if_past: skip`."
    )
