"""The one base class of everything that travels: immutable, strict about unknown keys."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value. Unknown keys are refused, so a typo is an error and not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")
