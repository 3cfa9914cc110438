"""`wait_for`: until something happens, or until the time is up. Also what a `stage` listens for."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.document.form import Form, by_key, choose, wrong
from domain.document.parts import RawRule, RawSteps, RawWhere
from domain.document.step import StepForm
from domain.document.words import EventNames, Gathered, Name, Span, Text

Reaction = Literal["delivered", "opened", "clicked", "replied", "bounced", "unsubscribed"]
"""How authors name the reactions of `domain.events.REACTIONS`."""

_WITHIN = "How long to wait. May be left out only where a goal, an exit or a stage ends the wait."


class ForEvent(Form):
    """An event of this customer."""

    event: EventNames = Field(description="The event's name, or a list of names of which any will do.")
    where: RawWhere | None = Field(None, description="What the properties of the arriving event must be.")
    same: Text | None = Field(None, description="A property that must equal the run's key (the entry's `per`).")
    gather_as: Gathered | None = Field(None, alias="as", description="Keeps the event's properties, as in `run.order`.")


class ForReaction(Form):
    """What the recipient does with a message of this run; heard from the send on."""

    reaction: Reaction = Field(description="`delivered`, `opened`, `clicked`, `replied`, `bounced` or `unsubscribed`.")
    to: Name = Field(description="The id of the send step.")
    link: Text | None = Field(None, description="With `clicked`: which link.")
    gather_as: Gathered | None = Field(
        None, alias="as", description="Keeps the reaction's properties, as in `run.click`."
    )

    @model_validator(mode="after")
    def _link_is_clicked(self) -> Self:
        if self.link is not None and self.reaction != "clicked":
            raise wrong("`link` goes with `reaction: clicked`", "Leave it out.")
        return self


class ForRule(Form):
    """A rule about the customer, asked again whenever anything happens to them."""

    rule: RawRule = Field(description="The rule.")


class EventInTime(ForEvent):
    """One event, in time."""

    within: Span | None = Field(None, description=_WITHIN)
    since: Literal["step", "entry"] = Field("step", description="`entry` also counts what came since the run began.")


class ReactionInTime(ForReaction):
    """One reaction, in time."""

    within: Span = Field(description="How long to wait.")


class RuleInTime(ForRule):
    """One rule, in time."""

    within: Span | None = Field(None, description=_WITHIN)


class FirstEvent(ForEvent):
    """An event in a race."""

    then: RawSteps = Field([], description="Steps when this one is first.")


class FirstReaction(ForReaction):
    """A reaction in a race."""

    then: RawSteps = Field([], description="Steps when this one is first.")


class FirstRule(ForRule):
    """A rule in a race."""

    then: RawSteps = Field([], description="Steps when this one is first.")


First = FirstEvent | FirstReaction | FirstRule
_FIRST = {"event": FirstEvent, "reaction": FirstReaction, "rule": FirstRule}


class Race(Form):
    """Whichever happens first."""

    first: list[Annotated[First, choose(lambda raw: by_key(raw, _FIRST))]] = Field(
        min_length=2, description="Two or more of `{event …}`, `{reaction …}`, `{rule …}`, each with its own `then`."
    )
    within: Span | None = Field(None, description=_WITHIN)
    since: Literal["step", "entry"] = Field("step", description="`entry` also counts events since the run began.")


WaitForForm = EventInTime | ReactionInTime | RuleInTime | Race
_FORMS = {"event": EventInTime, "reaction": ReactionInTime, "rule": RuleInTime, "first": Race}


class WaitForStep(StepForm):
    """Waits for something to happen: `then` when it does in time, `else` when it does not."""

    wait_for: Annotated[WaitForForm, choose(lambda raw: by_key(raw, _FORMS))] = Field(
        description="What to wait for, in one of the forms below."
    )
    then: RawSteps = Field([], description="Steps when it happens.")
    otherwise: RawSteps | None = Field(None, alias="else", description="Steps when the time is up.")

    @model_validator(mode="after")
    def _every_way_can_be_gone(self) -> Self:
        if isinstance(self.wait_for, Race) and self.then:
            raise wrong("`then` stands beside a race", "Write a `then` into each entry of `first`.")
        if self.otherwise is not None and self.wait_for.within is None:
            raise wrong("`else` is never reached without `within`", "Add `within`, or leave `else` out.")
        return self
