"""Where a version in shadow would part from the live one, over everybody who came since it began."""

import heapq
from datetime import datetime

from domain.errors import Conflict
from domain.program import Program
from domain.shadow.differing import differing
from domain.shadow.sides import Differing
from domain.shadow.totals import Comparison, Sums
from domain.shadow.unknowable import unknowable
from runtime.shadowing import unknown
from store.database import Transaction
from store.journey import journeys
from store.run import comparing
from store.run.comparing import Shown


async def compare(tx: Transaction, journey: str, *, now: datetime, time_scale: float, limit: int) -> Comparison:
    """Compares what both have done so far; names at most `limit` people. Raises NotFound, or Conflict when none is in shadow."""
    stored = await journeys.find(tx, journey)
    if stored is None:
        raise unknown(journey)
    shadow = await journeys.version(tx, journey, stored.shadow_version) if stored.shadow_version is not None else None
    if shadow is None or stored.live_version is None:
        raise Conflict(
            f"No version of {journey} is in shadow. Start one: sojourn journeys publish --shadow FILE.",
            code="no_shadow",
        )
    shown = Shown(journey, shadow.version, shadow.published_at)
    sums, newest = Sums(), _Newest(limit)
    async for page in comparing.pairs(tx, shown):
        for pair in page:
            difference = differing(pair, now, time_scale=time_scale)
            sums.add(pair, difference)
            if difference is not None:
                newest.add(difference)
    missed_live, missed_shadow = await comparing.near_misses(tx, shown)
    return Comparison(
        journey=journey,
        live_version=stored.live_version,
        shadow_version=shadow.version,
        since=shadow.published_at,
        live=sums.live.totals(missed_live),
        shadow=sums.shadow.totals(missed_shadow),
        pairs=sums.pairs,
        same=sums.same,
        differing=sums.differing,
        held_out=sums.held_out,
        people=newest.all(),
        unknowable=unknowable(Program.model_validate(shadow.program)),
    )


class _Newest:
    """The people who entered last, at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[datetime, int, Differing]] = []
        self._count = 0

    def add(self, one: Differing) -> None:
        self._count += 1
        heapq.heappush(self._kept, (one.entered_at, self._count, one))
        if len(self._kept) > self._most:
            heapq.heappop(self._kept)

    def all(self) -> tuple[Differing, ...]:
        return tuple(one for _, _, one in sorted(self._kept, reverse=True, key=lambda kept: kept[:2]))
