"""`send`: one message, over one channel or the first of several that may be used."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from domain.document.form import Form, meant, wrong
from domain.document.parts import Values
from domain.document.step import StepForm
from domain.document.words import CHANNELS, EmailAddress, Name, Span, Text, TimeOfDay, names


def channel(name: str) -> str:
    if name not in CHANNELS:
        raise wrong(f"there is no channel `{name}`", meant(name, list(CHANNELS)))
    return name


def differ(channels: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(channels)) < len(channels):
        raise wrong("a channel stands twice in the list", "Name each channel once, in the order they are tried.")
    return channels


ChannelName = Annotated[str, AfterValidator(channel), WithJsonSchema({"enum": list(CHANNELS)})]
Channels = Annotated[
    tuple[ChannelName, ...],
    BeforeValidator(names),
    AfterValidator(differ),
    Field(min_length=1),
    WithJsonSchema(
        {"anyOf": [{"enum": list(CHANNELS)}, {"type": "array", "items": {"enum": list(CHANNELS)}, "minItems": 1}]}
    ),
]


class Utm(Form):
    """Campaign parameters that links in messages carry, as `utm_source` and so on."""

    source: Text | None = Field(None, description="Where the visit comes from, as in `newsletter`.")
    medium: Text | None = Field(None, description="By what means, as in `email`.")
    campaign: Text | None = Field(None, description="The campaign's name.")
    term: Text | None = Field(None, description="The keyword.")
    content: Text | None = Field(None, description="Which of several links or variants.")
    id: Text | None = Field(None, description="The campaign's id.")

    def parameters(self) -> dict[str, str]:
        """What was said, by key."""
        return {key: value for key, value in self.model_dump().items() if value is not None}


class SendForm(Form):
    """What to send, how, and what to do when it cannot be sent."""

    short: ClassVar = {"type": "string", "pattern": "^[a-z_]+/.+$", "examples": ["email/welcome"]}

    template: Text = Field(description="The template's name.")
    channels: Channels = Field(
        alias="channel", description="`email`, `sms` …, or a list that is tried in order until one may be used."
    )
    topic: Name | None = Field(None, description="The topic it belongs to. Default: the journey's.")
    purpose: Literal["marketing", "transactional"] = Field(
        "marketing", description="`transactional` skips topic, caps and quiet hours, never suppression."
    )
    at: TimeOfDay | None = Field(None, description="A time of day in the customer's zone to send at.")
    once: Literal["ever"] | None = Field(None, description="`ever`: at most once for each customer, over all runs.")
    if_blocked: Literal["skip", "wait"] = Field(
        "skip", description="When a cap is used up: `skip` the step, or `wait` until there is room."
    )
    deadline: Span | None = Field(
        None, description="How long it may be tried or deferred, from entering the step or from its `at`. Default: 24h."
    )
    if_late: Literal["skip", "park", "exit"] | None = Field(
        None,
        description="After the deadline: `skip` (default for marketing), `park` (default for transactional), `exit`.",
    )
    on_failure: Literal["continue", "park", "exit"] = Field(
        "continue", description="When the address is refused for good: `continue`, `park` or `exit`."
    )
    sender: Text | None = Field(None, alias="from", description="The sender. Default: the account's.")
    reply_to: EmailAddress | None = Field(None, description="Where answers go (email). Default: the account's.")
    attach: Literal["ics"] | None = Field(None, description="`ics`: a calendar entry made of the event (email).")
    utm: Utm | None = Field(None, description="Campaign parameters of its links, over the journey's.")
    data: Values = Field(default_factory=dict, description="Further values for the template, read as `data.`.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`email/welcome` is template `welcome` on channel `email`."""
        if not isinstance(written, str):
            return written
        medium, slash, template = written.partition("/")
        if not slash or not template:
            raise wrong(f"`{written}` names no template and channel", "Write them as in email/welcome.")
        return {"template": template, "channel": medium}

    @model_validator(mode="after")
    def _fits_email(self) -> Self:
        for key, value in (("attach", self.attach), ("reply_to", self.reply_to)):
            if value is not None and "email" not in self.channels:
                raise wrong(f"`{key}` works for email only", "Add email to its channels, or leave it out.")
        return self


class SendStep(StepForm):
    """Sends a message through the gate (consent, caps, quiet hours) and the ledger."""

    send: SendForm = Field(description="`email/welcome`, or a mapping.")


def sends(step: object) -> bool:
    """Whether a step as written is a send step."""
    return isinstance(step, Mapping) and "send" in step
