"""The one base class of everything that travels: immutable, strict about unknown keys."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value. Unknown keys are refused, so a typo is an error and not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def with_changes(self, changes: dict[str, Any]) -> Self:
        """A copy with other values, which are not checked: `model_copy(update=…)` in an eighth of its time."""
        copied, keep, known = object.__new__(type(self)), object.__setattr__, self.__pydantic_fields_set__
        keep(copied, "__dict__", self.__dict__ | changes)
        keep(copied, "__pydantic_fields_set__", known if known.issuperset(changes) else known.union(changes))
        keep(copied, "__pydantic_extra__", None)
        keep(copied, "__pydantic_private__", None)
        return copied
