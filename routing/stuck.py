"""Inbox rows that cannot be applied because of a defect: they block their customer, and nobody else.

Whether a defect is in a row or elsewhere (in the code, in a journey) no single failure tells. So every row that fails is set
aside, for others to be tried. If many fail in a row and then one is applied, the fault may have been elsewhere and be gone:
those set aside meanwhile are tried at once, for this one time. Who fails again is to blame.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

SYSTEMIC = 10
"""After so many different rows in a row the fault may well be elsewhere."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
PROBE = timedelta(seconds=5)
"""So often one of them is tried while nothing else is there to be: after a repair they go on, also if nobody sends anything."""


@dataclass(slots=True)
class _Stuck:
    until: float
    failures: int = 0
    is_to_blame: bool = False


@dataclass(slots=True)
class StuckRows:
    """When each is tried again (seconds of a monotonic clock), and how often it has failed. Kept per process."""

    _rows: dict[int, _Stuck] = field(default_factory=dict)
    _behind: dict[int, int] = field(default_factory=dict)
    _streak: set[int] = field(default_factory=set)
    _next_probe: float = 0.0

    def add(self, rows: Collection[int], now: float) -> None:
        """They failed (again): the pause doubles each time."""
        for row in rows:
            stuck = self._rows.setdefault(row, _Stuck(now))
            pause = min(FIRST_PAUSE * 2 ** min(stuck.failures, 10), LONGEST_PAUSE)
            stuck.failures, stuck.until = stuck.failures + 1, now + pause.total_seconds()
            if not stuck.is_to_blame:
                self._streak.add(row)
        self._next_probe = now + PROBE.total_seconds()

    def put_behind(self, rows: Mapping[int, int]) -> None:
        """Each waits for the row that it leads to: reading them again and again would keep others from being read."""
        self._behind.update(rows)

    def avoid(self, now: float) -> frozenset[int]:
        """Those whose time has not come, and those behind them."""
        avoided = {row for row, stuck in self._rows.items() if stuck.until > now}
        if self.is_systemic and now >= self._next_probe:
            avoided.discard(min(self._streak, key=lambda row: (self._rows[row].failures, row)))
        self._behind = {row: first for row, first in self._behind.items() if first in avoided}
        return frozenset(avoided | self._behind.keys())

    @property
    def is_systemic(self) -> bool:
        """Whether so many rows have failed since one was applied that they can hardly all be to blame."""
        return len(self._streak) >= SYSTEMIC

    def succeeded(self, now: float) -> None:
        """A batch was applied: what fails from now on is in the rows."""
        if self.is_systemic:
            for row in self._streak:
                self._rows[row].until, self._rows[row].is_to_blame = now, True
        self._streak.clear()
        applied = [row for row, stuck in self._rows.items() if stuck.until + LONGEST_PAUSE.total_seconds() < now]
        for row in applied:  # it was free for an hour and has not failed again
            del self._rows[row]
