"""What starts a run, reaches the goal or ends the run: triggers, and everything that stands beside them."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from domain.document.form import Form, choose
from domain.document.parts import RawRule, RawWhere
from domain.document.words import CountedRate, EventNames, EventProperty, Name, Share, Span, Text


class TriggerForm(Form):
    """An event, the properties it must have, and a rule about the customer."""

    event: EventNames = Field(description="The event's name, or a list of names of which any will do.")
    where: RawWhere | None = Field(None, description="What the properties of the arriving event must be.")
    condition: RawRule | None = Field(None, alias="if", description="A rule about the customer that must hold.")
    same: Text | None = Field(None, description="A property that must equal the run's key (the entry's `per`).")


class Every(Form):
    """Again, but not sooner."""

    every: Span = Field(description="How long after the last entry the customer may enter again.")


Again = Literal["never", "after_end", "always"]


class EntryForm(Form):
    """One way into the journey."""

    one_of = ("event", "manual")

    event: EventNames | None = Field(None, description="The event's name, or a list of names of which any will do.")
    manual: Literal[True] | None = Field(None, description="`true`: entered by API, by hand or from a file.")
    where: RawWhere | None = Field(None, description="What the properties of the arriving event must be.")
    condition: RawRule | None = Field(None, alias="if", description="A rule about the customer that must hold.")
    per: EventProperty | None = Field(
        None, description="The run's key, as in `event.cart_id`: re-entry and repeats count per customer and key."
    )
    again: Annotated[Again | Every, choose(lambda raw: Every if isinstance(raw, Mapping) else Again)] = Field(
        "after_end",
        description="Whether the same customer may enter again: `never`, `after_end`, `{every: 30d}`, `always`.",
    )
    on_repeat: Literal["ignore", "refresh", "restart"] = Field(
        "ignore",
        description="A trigger during a run: `ignore`, `refresh` (the newest event replaces `event.`, waits that depend on it "
        "are armed anew) or `restart`.",
    )
    each: Text | None = Field(
        None, description="A list in the event: one run for each of at most 1000 elements, read as `item.`."
    )
    max_age: Span | None = Field(None, description="How late an event may still start a run. Default: 24h.")
    holdout: Share = Field(
        0.0, description="The share held back for comparison, as in `5%`: they walk the journey as ghosts."
    )
    intake: CountedRate | None = Field(None, description="How many may enter in a span, as in `200/h`; the rest queue.")


class GoalForm(TriggerForm):
    """Success: ends the run as `goal` and counts as conversion."""

    within: Span | None = Field(None, description="How long after the start it still counts. Default: for ever.")
    counts_from: Literal["entry", "first_send"] | None = Field(
        None, alias="from", description="What `within` counts from: `entry` (default) or `first_send`."
    )
    value: Text | None = Field(None, description="A property of the goal's event that is its worth, as in `total`.")


class ExitForm(TriggerForm):
    """An event that ends the run, as `exit:<id>`."""

    id: Name | None = Field(None, description="Its name in reports. Default: the event's name in kebab-case.")
