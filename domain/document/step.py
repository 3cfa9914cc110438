"""What every step has: an id, and the key that says what it does."""

from pydantic import Field

from domain.document.form import Form
from domain.document.words import Name


class StepForm(Form):
    """One step. Its kind is the key that names it."""

    id: Name | None = Field(
        None, description="Its name for ever, unique in the journey. Given at the first save when it is left out."
    )
