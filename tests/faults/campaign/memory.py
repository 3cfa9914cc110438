"""Whether processes grow: the same load comes wave after wave, and what a process still takes for each run is a leak.

Growing up to a bound is none. These are the bounded caches: workflows (SOJOURN_WORKER_CACHE), compiled programs and templates,
phone numbers and links that were looked at lately (a few thousand each), what pydantic and SQLAlchemy have compiled, connections.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

WARM_UP = 1 / 3
"""The share of the waves in which caches fill and allocators find their size."""

ALLOWANCE = 4.0
"""KiB that a process may take for each run after that: what fills the caches above."""

NOISE = 10.0
"""MiB that the allocator may add or give back at any time: what was seen under a steady load on a busy machine."""


@dataclass(frozen=True)
class Growth:
    """`sizes`: MiB resident after each wave. `runs`: that each wave brought to their end."""

    sizes: tuple[float, ...]
    runs: int

    @property
    def grown(self) -> float:
        """MiB between the middle of the first half after warm-up and that of the second: no single wave decides."""
        first, second = self._halves()
        return median(second) - median(first)

    @property
    def per_run(self) -> float:
        """KiB for each run."""
        return self.grown * 1024 / self._between

    @property
    def is_leak(self) -> bool:
        return self.grown > NOISE + ALLOWANCE * self._between / 1024

    @property
    def _between(self) -> float:
        """Runs between the two middles."""
        first, second = self._halves()
        return self.runs * (len(first) + len(second)) / 2

    def _halves(self) -> tuple[Sequence[float], Sequence[float]]:
        settled = self.sizes[round(len(self.sizes) * WARM_UP) :]
        middle = len(settled) // 2
        return settled[:middle], settled[len(settled) - middle :]
