"""The days of a report: numbered from the first, each from midnight to midnight in the account's zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """From the day of `begin` on. A day on which clocks change counts 24 hours, so that days stay in step."""

    begin: datetime
    zone: tzinfo
    length: timedelta = DAY

    @cached_property
    def midnight(self) -> datetime:
        """When the first day begins; days of another length begin with the report itself."""
        if self.length != DAY:
            return self.begin
        return self.begin.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)

    def of(self, moment: datetime) -> int:
        """The number of the day, from 0."""
        return int((moment - self.midnight) // self.length)

    def ends_between(self, begin: datetime, end: datetime) -> Iterator[int]:
        """The days that end after `begin` and by `end`: who stood somewhere all that time stood there at their ends."""
        yield from range(self.of(begin), self.of(end))

    def name(self, number: int) -> str:
        """`2026-01-05`; of another length, its number from 1."""
        if self.length != DAY:
            return f"day {number + 1}"
        return f"{self.midnight + number * DAY:%Y-%m-%d}"
