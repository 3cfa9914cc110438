"""Inbox rows that cannot be applied because of a defect: they block their customer, and nobody else."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

SYSTEMIC = 10
"""So many different rows in a row cannot all be to blame: the defect is elsewhere, and nothing is set aside for it."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(slots=True)
class StuckRows:
    """When each is tried again (seconds of a monotonic clock), and how often it has failed. Kept per process."""

    _until: dict[int, float] = field(default_factory=dict)
    _failures: dict[int, int] = field(default_factory=dict)
    _streak: set[int] = field(default_factory=set)

    def add(self, rows: Collection[int], now: float) -> None:
        """They failed (again): the pause doubles each time. Too many in a row are all forgiven."""
        self._streak.update(rows)
        if len(self._streak) >= SYSTEMIC:
            self.forget(tuple(self._streak))
            return
        for row in rows:
            self._failures[row] = self._failures.get(row, 0) + 1
            pause = min(FIRST_PAUSE * 2 ** min(self._failures[row] - 1, 10), LONGEST_PAUSE)
            self._until[row] = now + pause.total_seconds()

    def avoid(self, now: float) -> frozenset[int]:
        """Those whose time has not come."""
        return frozenset(row for row, until in self._until.items() if until > now)

    @property
    def is_systemic(self) -> bool:
        """Whether rows fail that can hardly be to blame: wait, instead of trying the next."""
        return len(self._streak) >= SYSTEMIC

    def succeeded(self) -> None:
        """A batch was applied: what fails is in the rows."""
        self._streak.clear()

    def forget(self, rows: Collection[int]) -> None:
        """They are tried again at once."""
        for row in rows:
            self._until.pop(row, None)
            self._failures.pop(row, None)
