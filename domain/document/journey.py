"""The document itself. Entry, goal, exits and steps are read one by one, so that one mistake does not hide the next."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, WithJsonSchema

from domain.document.form import Form, meant, wrong
from domain.document.moments import Between
from domain.document.parts import RawSteps
from domain.document.sending import Utm
from domain.document.words import CHANNELS, CountedRate, Gathered, Name, Text

InputType = Literal["text", "number", "boolean", "datetime", "list", "mapping"]


def capped(written: object) -> object:
    """Refuses a cap on something that is no channel."""
    places = ["all", *CHANNELS]
    for name in written if isinstance(written, dict) else ():
        if name not in places:
            raise wrong(f"there is no channel `{name}` to cap", meant(str(name), places))
    return written


Caps = Annotated[
    dict[str, CountedRate],
    BeforeValidator(capped),
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"enum": ["all", *CHANNELS]},
            "additionalProperties": {"type": "string", "examples": ["3/7d"]},
        }
    ),
]
TAKEN = frozenset({"check", "publish", "schema"})
"""Names that stand where journeys do in the addresses of the API (`GET /v1/journeys/schema`)."""


def free(name: str) -> str:
    """Refuses a name under which nobody could read the journey."""
    if name in TAKEN:
        raise wrong(
            f"`{name}` is an address of the API, and no id for a journey", f"Call it `{name}-journey`.", "taken"
        )
    return name


Triggers = Annotated[JsonValue, WithJsonSchema({"$comment": "Entries"})]
Goals = Annotated[JsonValue, WithJsonSchema({"$comment": "Goals"})]
Exits = Annotated[JsonValue, WithJsonSchema({"$comment": "Exits"})]


class JourneyDocument(Form):
    """A journey: what starts it, what ends it, and the plan."""

    journey: Annotated[Name, AfterValidator(free)] = Field(description="Its id in kebab-case, stable for ever.")
    title: Text | None = Field(None, description="A title for people. Default: the id.")
    description: Text | None = Field(None, description="What it is for.")
    owner: Text | None = Field(None, description="Who looks after it.")
    labels: tuple[Text, ...] = Field((), description="Words to find it by.")
    inputs: dict[Gathered, InputType] = Field(
        default_factory=dict,
        description="What a manual entry must bring, as in `{starts_at: datetime}`; read as `run.starts_at`. Types: `text`, "
        "`number`, `boolean`, `datetime`, `list`, `mapping`.",
    )
    entry: Triggers = Field(description="What starts it: one trigger or a list.")
    goal: Goals | None = Field(None, description="Success: one event trigger or a list; ends the run as `goal`.")
    exit: Exits | None = Field(None, description="Event triggers that end the run: one or a list.")
    on_merge: Literal["keep_oldest", "keep_newest", "keep_both"] = Field(
        "keep_oldest", description="When two customers with a run each turn out to be one: which run goes on."
    )
    quiet_hours: Between | None = Field(
        None, description='When marketing waits, as in `["21:00", "08:00"]`. Default: the account\'s.'
    )
    caps: Caps = Field(
        default_factory=dict,
        description="Marketing messages per customer, as in `{email: 3/7d, all: 5/7d}`. Default: the account's.",
    )
    topic: Name | None = Field(None, description="The topic of its sends, unless they name one.")
    priority: int = Field(3, ge=1, le=5, description="1 (first) to 5 (last), when sends queue.")
    utm: Utm | None = Field(None, description="Campaign parameters of its links.")
    steps: RawSteps = Field(description="The plan.")
