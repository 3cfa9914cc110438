"""A model: who the made-up customers are, what happens to them, and how they react to messages. Keys: `docs/simulating.md`."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from domain.account import Account
from domain.calendar import parse_instant
from domain.document.form import Form, briefly, wrong
from domain.document.words import Text, names
from domain.durations import RateText
from domain.errors import InvalidDocument
from domain.rules.parse import parse_rule
from lab.scenario import settings
from lab.simulate.values import Chance, Drawable, Span, Values

START = "2026-01-05T00:00"
"""A Monday, far from every change of the clocks."""


def instant(text: str) -> str:
    """A date, or a date and time."""
    if parse_instant(text, UTC) is None:
        raise wrong(f"{briefly(text)} is not a date", 'Write it as in "2026-03-02".')
    return text


def read_rule(written: object) -> object:
    """A rule about the customer."""
    if not isinstance(written, Mapping):
        raise wrong(f"{briefly(written)} is no rule", "Write one as in {plan: pro}.")
    try:
        return parse_rule(written, path="if")
    except InvalidDocument as error:
        first = error.problems[0]
        raise wrong(first.message, first.remedy) from None


class Consent(Form):
    """How many say anything about a channel or topic, and how many of them say yes."""

    short: ClassVar = {"$comment": "Share"}

    said: Chance = Field(1.0, description="The share that says anything; nobody asks the others.")
    granted: Chance = Field(description="Of these, the share that says yes.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`30%`: everybody is asked, and so many say yes."""
        return written if isinstance(written, Mapping) else {"granted": written}


class Customers(Form):
    """The made-up people. `email` and `phone` are made up unless they are given; null: there is none."""

    attributes: Values = Field(default_factory=dict, description="Attributes: values, or how they are drawn.")
    score: Drawable = Field(0, description="The score they begin with.")
    consents: dict[str, Consent] = Field(
        default_factory=dict, description="What they said before, by channel or topic."
    )


class Sent(Form):
    """A message that somebody got."""

    sent: Text = Field(description="Its name: email/welcome, or the id of the step.")


def causes(written: object) -> object:
    """Names of events, or a message."""
    return written if isinstance(written, Mapping) else names(written)


Names = Annotated[tuple[Text, ...], BeforeValidator(names), WithJsonSchema({"$comment": "Names"})]
Causes = Annotated[tuple[Text, ...] | Sent, BeforeValidator(causes), WithJsonSchema({"$comment": "Causes"})]


class Happening(Form):
    """Something that happens to customers. One of `event`, `identify`, `enter`, `consent`, and one of `at`, `rate`, `after`."""

    verbs: ClassVar = ("event", "identify", "enter", "consent")
    times_are: ClassVar = ("at", "rate", "after")

    event: Text | None = Field(None, description="An event with this name.")
    identify: Values | None = Field(None, description="Attributes that are set.")
    enter: Text | None = Field(None, description="A manual entry into this journey; `properties` are what it brings.")
    consent: dict[str, bool] | None = Field(None, description="Consent given or withdrawn, by channel or topic.")
    properties: Values = Field(default_factory=dict, description="Its properties: values, or how they are drawn.")
    same: Names = Field((), description="With `after`: properties that are those of the event it follows.")
    chance: Chance = Field(1.0, description="To which share of customers (of times, with `after`) it happens.")
    at: Span | None = Field(None, description="How long after the start.")
    rate: RateText | None = Field(None, description="How often on average, as in 3/7d, at random times.")
    begin: Span = Field(timedelta(0), alias="from", description="With `rate`: how long after the start it begins.")
    end: Span | None = Field(None, alias="until", description="With `rate`: how long after the start it is over.")
    after: Causes | None = Field(None, description="After which event (or list), or {sent: email/welcome}.")
    delay: Span = Field(timedelta(0), description="With `after`: how long after it.")
    times: int | None = Field(None, ge=1, description="At most so often for one customer.")
    rule: Annotated[Any, BeforeValidator(read_rule), WithJsonSchema({"$comment": "Rule"})] = Field(
        None, alias="if", description="Only if this holds by then."
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        said = [verb for verb in self.verbs if getattr(self, verb) is not None]
        if len(said) != 1:
            raise wrong(f"{' and '.join(said) or 'nothing'} happens here", f"Write one of {', '.join(self.verbs)}.")
        timed = [key for key in self.times_are if getattr(self, key) is not None]
        if len(timed) != 1:
            raise wrong("exactly one of `at`, `rate` and `after` says when", "As in `at: 2d`, or `after: Signed Up`.")
        if self.rate is not None and self.rate.per < timedelta(seconds=1):
            raise wrong("a rate is per second or longer", "As in 3/7d.")
        if self.same and not isinstance(self.after, tuple):
            raise wrong("`same` needs the event that it follows", "Write `after: Some Event`.")
        return self


class Reaction(Form):
    """One way in which a recipient reacts."""

    short: ClassVar = {"$comment": "Share"}

    chance: Chance = Field(description="The share of messages that are reacted to so.")
    delay: Span = Field(timedelta(minutes=30), description="How long after the message (a click: after it was opened).")
    link: Drawable = Field(None, description="A click's link.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`30%`, or a mapping."""
        return written if isinstance(written, Mapping) else {"chance": written}


class Reactions(Form):
    """How recipients react. The first entry that fits a message holds for it."""

    to: Names = Field(("*",), description="Messages or steps, as in email/*; default: all.")
    open: Reaction | None = Field(None, description="It is opened.")
    click: Reaction | None = Field(
        None, description="A link is followed: a share of those who open, if `open` is said."
    )
    reply: Reaction | None = Field(None, description="It is answered.")
    unsubscribe: Reaction | None = Field(None, description="The recipient unsubscribes.")
    complain: Reaction | None = Field(None, description="It is reported as spam.")
    bounce: Reaction | None = Field(None, description="It comes back for good: nothing else is done with it.")


class Model(Form):
    """A model file."""

    title: str = Field("", description="For people.")
    start: Annotated[str, AfterValidator(instant)] = Field(START, description="When it begins, in the account's zone.")
    days: int = Field(30, ge=1, le=3_650, description="How many days; `--days` says otherwise.")
    account: Annotated[Account, BeforeValidator(settings)] = Field(
        default_factory=Account, description="The account's settings, as in {caps: {all: 3/7d}}."
    )
    customers: Customers = Field(default_factory=Customers, description="Who they are.")
    events: tuple[Happening, ...] = Field(min_length=1, description="What happens to them.")
    reactions: tuple[Reactions, ...] = Field((), description="How they react to messages.")
