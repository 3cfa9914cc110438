"""The lines of `when` and `history`: what happens to the customer, and at what moment."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from domain.document.form import Form, briefly, near, wrong
from domain.document.words import Span, Text
from domain.durations import parse_duration
from domain.reactions import How

REACTIONS: dict[str, How] = {
    "open": "opened",
    "click": "clicked",
    "reply": "replied",
    "bounce": "bounced",
    "complain": "complained",
    "unsubscribe": "unsubscribed",
}
"""How a scenario names what a recipient does, and the reaction it is."""


def offset(value: object) -> timedelta:
    """`0`, or a span of zero or more."""
    if value == 0 and not isinstance(value, bool):
        return timedelta(0)
    try:
        span = parse_duration(value)
    except ValueError as error:
        raise wrong(str(error)) from None
    if span < timedelta(0):
        raise wrong(f"{briefly(value)} lies before the start", "Write a span of zero or more, as in 0 or 2d.")
    return span


Offset = Annotated[timedelta, BeforeValidator(offset)]


class Timed(Form):
    """Something at a moment. `at` counts from the start, `after` from the line before."""

    at: Offset | None = Field(None, description="How long after the start.")
    after: Offset | None = Field(None, description="How long after the line before (the start, for the first).")


class When(Timed):
    """One thing that happens. Exactly one of its verbs is written."""

    verbs: ClassVar = ("event", "identify", "enter", "consent", "operator", "approve", "reject", *REACTIONS)

    event: Text | None = Field(None, description="An event with this name; every other key is one of its properties.")
    properties: dict[str, JsonValue] = Field(
        default_factory=dict, description="Its properties, where they have the name of a key."
    )
    late: Span | None = Field(None, description="How long before it arrives the event happened.")
    identify: dict[str, JsonValue] | None = Field(None, description="Attributes that are set; null removes one.")
    enter: Text | None = Field(None, description="A manual entry into this journey.")
    inputs: dict[str, JsonValue] = Field(default_factory=dict, description="What the manual entry brings.")
    data: dict[str, JsonValue] = Field(default_factory=dict, description="The properties of the manual entry's event.")
    consent: dict[str, bool] | None = Field(None, description="Consent given (true) or withdrawn, by channel or topic.")
    operator: Literal["pause", "resume", "skip_wait", "retry", "skip_step", "stop"] | None = Field(
        None, description="An operator's order to the customer's runs."
    )
    approve: Text | None = Field(None, description="Somebody approves of what this step asks for.")
    reject: Text | None = Field(None, description="Somebody rejects what this step asks for.")
    due: Literal["catch_up", "skip"] = Field("catch_up", description="With `resume`: what becomes of what fell due.")
    journey: Text | None = Field(None, description="With `operator`: only the runs of this journey.")
    open: Text | None = Field(None, description="The message of this step is opened.")
    click: Text | None = Field(None, description="A link in the message of this step is followed.")
    reply: Text | None = Field(None, description="The message of this step is answered.")
    bounce: Text | None = Field(None, description="The message of this step comes back for good.")
    complain: Text | None = Field(None, description="The message of this step is reported as spam.")
    unsubscribe: Text | None = Field(None, description="The recipient unsubscribes in the message of this step.")
    link: Text | None = Field(None, description="With `click`: the link's name.")
    machine: bool = Field(False, description="With `open` and `click`: a mail scanner did it.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """What stands beside `event` are its properties."""
        if not isinstance(written, Mapping) or "event" not in written:
            return written
        own = ("at", "after", "event", "properties", "late")
        beside = {key: value for key, value in written.items() if key not in own}
        given = written.get("properties", {})
        if not beside or not isinstance(given, Mapping):
            return written
        if "at" not in written and "after" not in written:
            _refuse_slip([str(key) for key in beside])
        known = {key: value for key, value in written.items() if key in own}
        return {**known, "properties": {**given, **beside}}

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.at is None) == (self.after is None):
            raise wrong("exactly one of `at` and `after` is needed", "Write the moment, as in `at: 0` or `after: 2d`.")
        written = [verb for verb in self.verbs if getattr(self, verb) is not None]
        if len(written) != 1:
            what = " and ".join(f"`{verb}`" for verb in written) or "nothing"
            raise wrong(f"{what} happens in this line", f"Write exactly one of {', '.join(self.verbs)}.")
        return self

    @cached_property
    def reaction(self) -> tuple[How, str] | None:
        """How the recipient reacts, and to which step's message; None if this is something else."""
        found = ((how, getattr(self, verb)) for verb, how in REACTIONS.items())
        return next(((how, step) for how, step in found if step is not None), None)


def _refuse_slip(keys: list[str]) -> None:
    for key in keys:
        if meant := near(key, ["at", "after"]):
            raise wrong(f"neither `at` nor `after` is written, but `{key}` is", meant)


class Earlier(Form):
    """An event from before the start: rules see it, and no journey is started by it."""

    ago: Span = Field(description="How long before the start it happened.")
    event: Text = Field(description="Its name; every other key is one of its properties.")
    properties: dict[str, JsonValue] = Field(default_factory=dict, description="Its properties.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """What stands beside `event` are its properties."""
        if not isinstance(written, Mapping) or "event" not in written or "ago" not in written:
            return written
        own = ("ago", "event", "properties")
        given = written.get("properties", {})
        if not isinstance(given, Mapping):
            return written
        beside = {key: value for key, value in written.items() if key not in own}
        return {"ago": written["ago"], "event": written["event"], "properties": {**given, **beside}}
