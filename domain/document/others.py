"""Other journeys of the customer: `start_journey`, `stop_journey`."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from domain.document.form import Form, wrong
from domain.document.parts import RawSteps, Values
from domain.document.step import StepForm
from domain.document.words import Gathered, Name, Span

_SHORT = {"type": "string", "description": "The id of a journey."}


class StartJourneyForm(Form):
    """Another journey that the customer is to enter."""

    short: ClassVar = _SHORT

    journey: Name = Field(description="Its id. One of its entries is `manual: true`.")
    inputs: Values = Field(
        default_factory=dict, description="What it declares as its `inputs`; `{ref: event.starts_at}` refers."
    )
    data: Values = Field(
        default_factory=dict, description="The properties of the event that starts its run, read there as `event.`."
    )
    awaits: bool = Field(False, alias="await", description="Whether to wait until that run has ended.")
    within: Span | None = Field(None, description="With `await`: how long to wait. Required.")
    gather_as: Gathered | None = Field(
        None, alias="as", description="With `await`: keeps how it ended, as in `run.result.reason`."
    )

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`start_journey: tutorial` is `start_journey: {journey: tutorial}`."""
        return {"journey": written} if isinstance(written, str) else written

    @model_validator(mode="after")
    def _waits_for_an_end(self) -> Self:
        if self.awaits and self.within is None:
            raise wrong(
                "`await` needs `within`", "Write how long to wait at most, as in `within: 30d`.", "endless_wait"
            )
        beside = [key for key, said in (("within", self.within), ("as", self.gather_as)) if said is not None]
        if beside and not self.awaits:
            raise wrong(f"`{beside[0]}` goes with `await: true`", "Add it, or leave this out.")
        return self


class StartJourneyStep(StepForm):
    """Has the customer enter another journey; its rules for entering again still hold."""

    start_journey: StartJourneyForm = Field(description="The id of a journey, or a mapping.")
    then: RawSteps = Field([], description="With `await`: steps when that run has ended.")
    otherwise: RawSteps | None = Field(
        None, alias="else", description="With `await`: steps when no run began, or the time is up."
    )

    @model_validator(mode="after")
    def _every_way_can_be_gone(self) -> Self:
        if not self.start_journey.awaits and (self.then or self.otherwise is not None):
            raise wrong("`then` and `else` go with `await: true`", "Add it, or write the steps after this one.")
        return self


class StopJourneyForm(Form):
    """Another journey that the customer is to leave."""

    short: ClassVar = _SHORT

    journey: Name = Field(description="Its id.")

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """`stop_journey: tutorial` is `stop_journey: {journey: tutorial}`."""
        return {"journey": written} if isinstance(written, str) else written


class StopJourneyStep(StepForm):
    """Ends the customer's runs in another journey, as `stopped:<this journey>`."""

    stop_journey: StopJourneyForm = Field(description="The id of a journey.")
