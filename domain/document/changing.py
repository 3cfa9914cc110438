"""What a run changes about the customer: attributes, tags, the score, topics."""

from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from domain.document.form import Form, wrong
from domain.document.parts import Values
from domain.document.step import StepForm
from domain.document.words import Name, Text, names

Tags = Annotated[
    tuple[Text, ...],
    BeforeValidator(names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]

Amount = Annotated[float, Field(ge=-1e12, le=1e12)]
"""Far from where adding loses digits, or leaves what PostgreSQL can store."""


class SetStep(StepForm):
    """Changes attributes and tags. Any of the four keys makes the step; they may stand side by side."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [key]} for key in ("set", "add_tags", "remove_tags", "increment")]}
    )

    set: Values = Field(
        default_factory=dict, description="Attributes and their new values; `{ref: event.plan}` refers."
    )
    add_tags: Tags = Field((), description="Tags to add.")
    remove_tags: Tags = Field((), description="Tags to remove.")
    increment: dict[Text, Amount] = Field(
        default_factory=dict, description="Numbers to add to attributes, as in `{visits: 1}`."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not (self.set or self.add_tags or self.remove_tags or self.increment):
            raise wrong("the step changes nothing", "Name an attribute or a tag.")
        for key, names_ in (("set", self.set), ("increment", self.increment)):
            for name in names_:
                _is_attribute(key, name)
        return self


def _is_attribute(key: str, name: str) -> None:
    if name.startswith(("event.", "run.", "item.", "customer.")):
        raise wrong(
            f"`{key}` changes attributes of the customer, and `{name}` is none", "Write the attribute's name alone."
        )
    if name == "score":
        raise wrong(f"`{key}` does not change the score", "Use a `score` step.")
    if name == "tags":
        raise wrong(f"`{key}` does not change tags", "Use `add_tags` and `remove_tags`.")


class ScoreForm(Form):
    """A change of the score: by a number, or to a number."""

    short: ClassVar = {"type": "number"}
    one_of = ("add", "set")

    add: Amount | None = Field(None, description="How much to add; may be negative.")
    set_to: Amount | None = Field(None, alias="set", description="The new score.")
    reason: Text | None = Field(None, description="Why, for the score's ledger.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`score: +20` is `score: {add: 20}`."""
        if isinstance(written, bool):
            raise wrong("the score is a number", "Write it as in +20.")
        return {"add": written} if isinstance(written, int | float | str) else written


class ScoreStep(StepForm):
    """Changes the customer's score."""

    score: ScoreForm = Field(description="`+20`, `{add: -5, reason: Bounced}` or `{set: 20}`.")


class SubscribeStep(StepForm):
    """Records the customer's consent to a topic."""

    subscribe: Name = Field(description="The topic.")


class UnsubscribeStep(StepForm):
    """Records that the customer no longer wants a topic."""

    unsubscribe: Name = Field(description="The topic.")
