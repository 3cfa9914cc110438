"""What stands under the bars of a chart over time: days, or of a long report weeks or months, so that there are never too many."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 100
"""Bars of a chart over time."""
_WIDTHS = ((1, "day"), (7, "week"), (28, "four weeks"), (364, "year"))


@dataclass(frozen=True)
class Spans:
    """Some days at a time, from the first day on. `unit` is what people call so many."""

    days: Sequence[str]
    width: int
    unit: str

    @property
    def names(self) -> list[str]:
        """The first day of each; without its year while years cannot be confused (`03-02`)."""
        firsts = self.days[:: self.width]
        is_short = len(self.days) < 365
        return [name[5:] if is_short and len(name) == 10 and name[4] == "-" else name for name in firsts]

    def sums(self, values: Sequence[int]) -> list[int]:
        """Of what is counted day by day, so many in each."""
        return [sum(values[first : first + self.width]) for first in range(0, len(values), self.width)]

    def ends(self, values: Sequence[int]) -> list[int]:
        """Of what stands at the end of each day, what stands at the end of each."""
        return [values[min(first + self.width, len(values)) - 1] for first in range(0, len(values), self.width)]


def spans_of(days: Sequence[str]) -> Spans:
    """The shortest of which there are not too many."""
    width, unit = next((one for one in _WIDTHS if len(days) <= MOST * one[0]), _WIDTHS[-1])
    return Spans(days, width, unit)
