"""Asking people: `approve`."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from domain.document.form import Form
from domain.document.parts import RawSteps
from domain.document.step import StepForm
from domain.document.words import Name, Span, Text, names

StepNames = Annotated[tuple[Name, ...], BeforeValidator(names), Field(min_length=1)]


class ApproveForm(Form):
    """Who is to approve of what."""

    to: Text = Field(description="Who is asked: an address, or a person or team as your colleagues know them.")
    title: Text = Field(description="What is asked.")
    of: StepNames = Field(description="The send step whose content it is about, or a list.")
    within: Span = Field(description="How long the answer may take.")


class ApproveStep(StepForm):
    """Waits until somebody has approved of the content of messages that are still to be sent."""

    approve: ApproveForm = Field(description="`{to, title, of, within}`.")
    approved: RawSteps = Field([], description="Steps when it is approved.")
    rejected: RawSteps = Field([], description="Steps when it is rejected.")
    otherwise: RawSteps = Field([], alias="else", description="Steps when nobody has answered in time.")
