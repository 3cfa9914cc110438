"""The lines of `expect`: what must have happened, or must not, at which moment."""

from datetime import timedelta
from functools import cached_property
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from domain.document.form import Form, briefly, wrong
from domain.document.words import Span, Text, names
from lab.happenings import Offset, Timed

MESSAGE = ("sent", "not_sent", "ghost")
Texts = Annotated[tuple[Text, ...], BeforeValidator(names)]


class Claim(Form):
    """What is claimed. Exactly one of its verbs is written; the rest narrows it."""

    verbs: ClassVar[tuple[str, ...]] = (
        "sent",
        "ghost",
        "waiting_at",
        "attribute",
        "score",
        "entered",
        "ended",
        "parked",
        "called",
        "notified",
        "asked",
    )

    sent: Text | None = Field(None, description="A message, as in `email/welcome`.")
    ghost: Text | None = Field(None, description="A message that a held-out customer would have got.")
    subject: Text | None = Field(None, description="With a message: its subject.")
    contains: Texts = Field((), description="With a message: words of its text or HTML; a text or a list.")
    to: Text | None = Field(None, description="With a message: the address.")
    waiting_at: Text | None = Field(None, description="A run waits at this step.")
    attribute: dict[str, JsonValue] | None = Field(None, description="Attributes with these values; null: missing.")
    score: float | None = Field(None, description="The score.")
    entered: bool | Text | None = Field(None, description="`true`, `false` (nobody enters), or the journey entered.")
    ended: Text | None = Field(None, description="A run ends for this reason: `finished`, `goal`, `exit:…`.")
    parked: Text | None = Field(None, description="A run is parked for this cause, as in `template_missing`.")
    called: Text | None = Field(None, description="The webhook of this step is called.")
    notified: Text | None = Field(None, description="The colleagues of this step are told.")
    asked: Text | None = Field(None, description="Somebody is asked for the approval of this step.")
    journey: Text | None = Field(None, description="Only what this journey does.")

    @model_validator(mode="after")
    def _is_one_claim(self) -> Self:
        written = [verb for verb in self.verbs if getattr(self, verb) is not None]
        if len(written) != 1:
            what = " and ".join(f"`{verb}`" for verb in written) or "nothing"
            raise wrong(f"{what} is expected in this line", f"Write exactly one of {', '.join(self.verbs)}.")
        beside = [key for key in ("subject", "contains", "to") if getattr(self, key)]
        if beside and written[0] not in MESSAGE:
            raise wrong(f"`{beside[0]}` is about a message, and `{written[0]}` is none", "Leave it out.")
        for verb in MESSAGE:
            name = getattr(self, verb, None)
            if name is not None and "/" not in name:
                raise wrong(f"{briefly(name)} names no channel and template", "Write them as in email/welcome.")
        return self

    @cached_property
    def verb(self) -> str:
        return next(verb for verb in self.verbs if getattr(self, verb) is not None)


def two_moments(value: object) -> object:
    """Two offsets, the earlier first."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise wrong(f"{briefly(value)} is not a span", "Write two moments, as in [1d, 2d].")
    return tuple(value)


class Expect(Timed, Claim):
    """A claim and its moment. `after` counts from the last line that has an `at`: several lines may name the same moment.

    Without a moment an event (sent, entered, ended …) may come at any time, and a state (waiting_at, attribute, score) must
    hold at the end. `not_sent` means: up to that moment; with a span: within it.
    """

    verbs = (*Claim.verbs, "not_sent", "never")

    not_sent: Text | None = Field(None, description="This message has not been sent up to the moment, or in the span.")
    never: Claim | None = Field(None, description="A claim that holds at no time.")
    between: Annotated[tuple[Offset, Offset], BeforeValidator(two_moments)] | None = Field(
        None, description="Two moments after the start, as in `[1d, 2d]`: at some time between them."
    )
    within: Span | None = Field(None, description="With `at` or `after`: then, or up to so much later.")

    @model_validator(mode="after")
    def _has_one_moment(self) -> Self:
        moments = [name for name in ("at", "after", "between") if getattr(self, name) is not None]
        if len(moments) > 1:
            raise wrong(f"`{moments[0]}` and `{moments[1]}` are both written", "Keep one of them.")
        if self.within is not None and moments not in (["at"], ["after"]):
            raise wrong("`within` needs a moment to count from", "Write `at` or `after` beside it.")
        if self.never is not None and moments:
            raise wrong("`never` has no moment", "Write `not_sent` with a moment, or leave the moment out.")
        if self.between is not None and self.between[0] > self.between[1]:
            raise wrong("the span of `between` ends before it begins", "Write the earlier moment first.")
        return self

    def span(self, anchor: timedelta) -> tuple[timedelta, timedelta] | None:
        """From when to when after the start it is about; None: about all of it. `anchor` is the last line's `at`."""
        if self.between is not None:
            return self.between
        begin = self.at if self.at is not None else anchor + self.after if self.after is not None else None
        return None if begin is None else (begin, begin + (self.within or timedelta(0)))
