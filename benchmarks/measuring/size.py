"""How much a benchmark does: all of it, or so little that it can be tried in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`number` replaces the main number of a benchmark (events, runs) where it is given."""

    is_quick: bool = False
    number: int | None = None

    @property
    def name(self) -> str:
        return str(self.number) if self.number is not None else "quick" if self.is_quick else "full"

    def of(self, full: int, quick: int) -> int:
        """The main number of a benchmark."""
        return self.number if self.number is not None else self.pick(full, quick)

    def pick(self, full: int, quick: int) -> int:
        """Any other number."""
        return quick if self.is_quick else full
