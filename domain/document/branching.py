"""Ways through the plan: `branch`, `split`, `stage`, `repeat`, `parallel`, `exit`; and `note`, which is none."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.document.form import Form, choose, wrong
from domain.document.listening import ForEvent, ForRule
from domain.document.parts import RawRule, RawSteps
from domain.document.step import StepForm
from domain.document.words import Name, Span, Text


class CaseForm(Form):
    """One way of a branch."""

    condition: RawRule = Field(alias="if", description="The rule that must hold.")
    steps: RawSteps = Field(description="What happens then.")


class ElseForm(Form):
    """The last way of a branch."""

    otherwise: RawSteps = Field(alias="else", description="What happens when no `if` held.")


class BranchBy(Form):
    """A branch on the value of one attribute."""

    by: Text = Field(description="An attribute, or `event.…`, `run.…`, `item.…`.")
    cases: dict[Text, RawSteps] = Field(min_length=1, description="Steps by value, as in `{DE: […], FR: […]}`.")
    otherwise: RawSteps = Field([], alias="else", description="Steps for every other value.")


def _case(written: object) -> type[Form]:
    is_else = isinstance(written, Mapping) and "else" in written and "if" not in written
    return ElseForm if is_else else CaseForm


Cases = list[Annotated[CaseForm | ElseForm, choose(_case)]]


class BranchStep(StepForm):
    """Takes the first way whose rule holds, else the last one, else goes on."""

    branch: Annotated[Cases | BranchBy, choose(lambda raw: BranchBy if isinstance(raw, Mapping) else Cases)] = Field(
        description="A list of `if` and `steps` that may end with `else`; or `{by, cases, else}`."
    )

    @model_validator(mode="after")
    def _else_comes_last(self) -> "BranchStep":
        if isinstance(self.branch, BranchBy):
            return self
        if not any(isinstance(case, CaseForm) for case in self.branch):
            raise wrong("a branch needs an `if`", "Add `- if: {…}` with its `steps`.")
        if any(isinstance(case, ElseForm) for case in self.branch[:-1]):
            raise wrong("`else` is not the last way of the branch", "Move it to the end; there is one `else`.")
        return self


class ArmForm(Form):
    """One arm of a split."""

    weight: float = Field(ge=0, description="Its share; all weights add up to 100 (or, as fractions, to 1).")
    steps: RawSteps = Field([], description="What happens on this arm.")


class SplitStep(StepForm):
    """Divides customers by chance; the same customer always takes the same arm."""

    split: dict[Name, ArmForm] = Field(
        min_length=2, description="Arms by name, as in `{a: {weight: 50, steps: […]}, b: …}`."
    )

    @model_validator(mode="after")
    def _weights_add_up(self) -> "SplitStep":
        total = sum(arm.weight for arm in self.split.values())
        if min(abs(total - 100), abs(total - 1)) > 1e-6:
            raise wrong(f"the weights add up to {total:g}", "Make them add up to 100, or to 1 as fractions.")
        return self


class StageEvent(ForEvent):
    """The event that ends the stage."""


class StageForm(Form):
    """A part of the plan that is left at once when something happens."""

    until: Annotated[StageEvent | ForRule | RawRule, choose(lambda raw: _stage_until(raw))] = Field(
        description="`{event, where, same, as}`, `{rule: {…}}`, or a rule about the customer."
    )
    steps: RawSteps = Field(description="The steps of the stage.")


def _stage_until(written: object) -> object:
    if isinstance(written, Mapping) and "event" in written:
        return StageEvent
    return ForRule if isinstance(written, Mapping) and set(written) == {"rule"} else RawRule


class StageStep(StepForm):
    """Leaves its steps at once when `until` holds."""

    stage: StageForm = Field(description="`{until, steps}`.")
    then: RawSteps = Field([], description="Steps when `until` held.")
    otherwise: RawSteps = Field([], alias="else", description="Steps when the stage's steps are used up first.")


class RepeatForm(Form):
    """Rounds of the same steps."""

    every: Span = Field(description="From the start of a round to the start of the next.")
    times: int = Field(ge=1, le=10_000, description="At most so many rounds.")
    until: RawRule | None = Field(
        None, description="A rule that is asked before each round; ends the repeat when it holds."
    )
    steps: RawSteps = Field(description="The steps of a round.")


class RepeatStep(StepForm):
    """Goes through its steps several times."""

    repeat: RepeatForm = Field(description="`{every, times, until, steps}`.")


class ParallelForm(Form):
    """Branches side by side."""

    branches: dict[Name, RawSteps] = Field(
        min_length=2, description="Two or more lists of steps by name, as in `{mail: […], call: […]}`."
    )
    join: Literal["all", "any"] = Field(
        "all", description="`all` (default) goes on when every branch is at its end; `any` when the first is."
    )


class ParallelStep(StepForm):
    """Goes several ways at once."""

    parallel: ParallelForm = Field(description="`{branches, join}`.")


class ExitStep(StepForm):
    """Ends the run as `exit:<reason>`."""

    exit: Name = Field(description="The reason, as in `not-interested`.")


class NoteStep(StepForm):
    """A comment on the canvas; nothing happens."""

    note: str = Field(description="The text.")
