"""A scenario: a customer, what happens to them, and what is expected of the journeys. One `*.test.yaml` holds a list of them."""

from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, model_validator

from domain.account import Account
from domain.calendar import parse_instant
from domain.document.form import Form, briefly, meant, wrong
from domain.document.words import Text, names
from domain.rules.references import storable
from lab.expectations import Expect
from lab.happenings import Earlier, When

START = "2026-01-05T10:00"
"""A Monday morning in the customer's zone, far from every change of the clocks."""


def instant(text: str) -> str:
    if parse_instant(text, UTC) is None:
        raise wrong(f"{briefly(text)} is not a date and time", 'Write it as in "2026-03-02T10:00".')
    return text


class Answer(Form):
    """What somebody outside says to a step: a webhook's receiver, a provider."""

    short: ClassVar = {"enum": ["refused"]}

    refused: bool = Field(False, description="It is refused for good.")
    reply: dict[str, JsonValue] = Field(default_factory=dict, description="The body of a webhook's answer.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`refused`, or a mapping."""
        return {"refused": True} if written == "refused" else written


def permissions(written: object) -> object:
    if isinstance(written, Mapping) and not all(isinstance(value, bool) for value in written.values()):
        raise wrong("a consent is true or false", "Write them as in {sms: true, shop-reminders: false}.")
    return written


def settings(written: object) -> object:
    """Refuses a setting that no account has."""
    known = list(Account.model_fields)
    for name in written if isinstance(written, Mapping) else ():
        if name not in known:
            raise wrong(f"an account has no setting `{name}`", meant(str(name), known), "unknown_key")
    return written


class Scenario(Form):
    """One customer's story. What is not said is usual: an address on every channel, no consent row, no history."""

    scenario: Text = Field(description="Its name: a sentence that says what the customer does.")
    journey: Annotated[tuple[Text, ...], BeforeValidator(names)] = Field(
        (), description="The journeys that are live: one or a list. Default: the file beside the test."
    )
    start: Annotated[str, AfterValidator(instant)] = Field(
        START, description="When it begins, in the customer's zone unless it has an offset."
    )
    account: Annotated[Account, BeforeValidator(settings)] = Field(
        default_factory=Account, description="The account's settings, as in `{caps: {all: 1/7d}}`."
    )
    customer: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="Attributes, and `score`. `email` and `phone` are made up unless they are given; null: none.",
    )
    history: tuple[Earlier, ...] = Field((), description="Events before the start.")
    consents: Annotated[dict[str, bool], BeforeValidator(permissions)] = Field(
        default_factory=dict, description="What the customer has said, by channel or topic."
    )
    suppressed: Annotated[tuple[Text, ...], BeforeValidator(names)] = Field(
        (), description="Channels on which the address must not be used."
    )
    held_out: bool = Field(False, description="Whether the customer is in the holdout of journeys that have one.")
    arms: dict[str, Text] = Field(default_factory=dict, description="The arm that a split gives the customer, by step.")
    answers: dict[str, Answer] = Field(
        default_factory=dict, description="What webhooks and providers say, by step. Default: yes."
    )
    when: tuple[When, ...] = Field((), description="What happens, in the order of time.")
    expect: tuple[Expect, ...] = Field(min_length=1, description="What must come of it.")

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        score = self.customer.get("score", 0)
        if isinstance(score, bool) or not isinstance(score, int | float):
            raise wrong(f"{briefly(score)} is not a score", "Write a number.")
        if not all(storable(name) for name in self.customer):
            raise wrong("an attribute's name holds what is not a character", "Write it anew.")
        return self
