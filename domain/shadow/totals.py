"""The sums of a comparison, added up pair by pair."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import Field

from domain.frozen import Frozen
from domain.shadow.sides import Differing, Pair, Side


class Totals(Frozen):
    """What one version did. `near_misses` by why, `sent` by step, `held_back` by step and why, `ended` by reason."""

    entered: int = 0
    near_misses: dict[str, int] = Field(default_factory=dict)
    sent: dict[str, int] = Field(default_factory=dict)
    held_back: dict[str, int] = Field(default_factory=dict)
    under_way: int = 0
    ended: dict[str, int] = Field(default_factory=dict)


class Comparison(Frozen):
    """A live version and the one in shadow beside it, `since` the shadow began. `pairs` began by the same event on both sides;
    `same` of them went the same way so far. `people` are those with whom the two differ, the newest first and at most as many
    as were asked for; `differing` says how many there are. `held_out` live runs were in the holdout: what is counted for them
    would have been sent. `unknowable` says what no comparison of this kind can show."""

    journey: str
    live_version: int
    shadow_version: int
    since: datetime
    live: Totals = Totals()
    shadow: Totals = Totals()
    pairs: int = 0
    same: int = 0
    differing: int = 0
    held_out: int = 0
    people: tuple[Differing, ...] = ()
    unknowable: tuple[str, ...] = ()


@dataclass
class Tally:
    """One side's sums as they grow."""

    entered: int = 0
    under_way: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)

    def add(self, side: Side) -> None:
        if side.run is None:
            return
        self.entered += 1
        self.under_way += side.ended is None
        self.sent.update(sent.step for sent in side.sent)
        self.held_back.update(f"{held.step}: {held.why}" for held in side.held_back)
        if side.ended is not None:
            self.ended[side.ended] += 1

    def totals(self, near_misses: Mapping[str, int]) -> Totals:
        return Totals(
            entered=self.entered,
            near_misses=dict(sorted(near_misses.items())),
            sent=dict(sorted(self.sent.items())),
            held_back=dict(sorted(self.held_back.items())),
            under_way=self.under_way,
            ended=dict(sorted(self.ended.items())),
        )


@dataclass
class Sums:
    """Both sides' sums, and how many pairs went the same way."""

    live: Tally = field(default_factory=Tally)
    shadow: Tally = field(default_factory=Tally)
    pairs: int = 0
    same: int = 0
    differing: int = 0
    held_out: int = 0

    def add(self, pair: Pair, difference: Differing | None) -> None:
        self.live.add(pair.live)
        self.shadow.add(pair.shadow)
        self.pairs += pair.live.run is not None and pair.shadow.run is not None
        self.held_out += pair.live.held_out
        if difference is None:
            self.same += 1
        else:
            self.differing += 1
