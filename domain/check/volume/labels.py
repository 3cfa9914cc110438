"""One way through a journey, as far as a week of messages is concerned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from domain.calendar import DAYS
from domain.check.volume.moves import DAY, NOTHING
from domain.program import UntilClock


@dataclass(frozen=True, slots=True)
class Round:
    """A repeat that is under way: when the round began, how many are left, and whether it may end before they are used up."""

    repeat: str
    began: timedelta
    left: int
    is_free: bool

    def beats(self, other: "Round") -> bool:
        """Whether this one can do all that the other can. Who must go all rounds is the sooner through, the fewer are left."""
        is_wider = self.left >= other.left if self.is_free else self.left == other.left and not other.is_free
        return self.repeat == other.repeat and self.began <= other.began and is_wider


@dataclass(frozen=True, slots=True)
class Anchor:
    """When it was a certain time of day: since the begin of the window, the time, and the day of the week if it is known."""

    at: timedelta
    time: timedelta
    day: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """`count` messages in `elapsed` since the first of them, and what the way on depends on. `entered`: when the run began.

    `sent` is the step that has just sent; `before` leads back to the first. `is_certain`: nothing was assumed on the way.
    """

    at: str
    elapsed: timedelta
    count: int
    rounds: tuple[Round, ...] = ()
    anchor: Anchor | None = None
    once: frozenset[str] = frozenset()
    entered: timedelta = NOTHING
    is_certain: bool = True
    sent: tuple[str, ...] = ()
    before: "Label | None" = None

    def beats(self, other: "Label") -> bool:
        """Whether whatever can follow the other can follow this one too, no later and with no fewer messages."""
        return (
            self.count >= other.count
            and self.elapsed <= other.elapsed
            and self.entered <= other.entered
            and self.once <= other.once
            and (self.anchor is None or self.anchor == other.anchor)
            and len(self.rounds) == len(other.rounds)
            and all(mine.beats(its) for mine, its in zip(self.rounds, other.rounds, strict=True))
        )

    def messages(self) -> list[str]:
        """The steps that have sent, in their order."""
        found: list[tuple[str, ...]] = []
        label: Label | None = self
        while label is not None:
            found.append(label.sent)
            label = label.before
        return [step for sent in reversed(found) for step in sent]


def at_clock(label: Label, clock: UntilClock) -> Anchor:
    """The soonest moment of this time of day. From a moment whose time of day is known it is known exactly, but for days
    on which clocks change."""
    hours, _, minutes = clock.time.partition(":")
    time = timedelta(hours=int(hours), minutes=int(minutes))
    only = DAYS.index(clock.days[0]) if len(set(clock.days)) == 1 else None
    known = label.anchor
    if known is None:
        return Anchor(label.elapsed, time, only)
    for at in _moments(known, time):
        day = None if known.day is None else (known.day + (known.time + at - known.at) // DAY) % 7
        if at >= label.elapsed and (day is None or not clock.days or DAYS[day] in clock.days):
            return Anchor(at, time, only if day is None else day)
    raise AssertionError("a week has every day")


def _moments(known: Anchor, time: timedelta) -> Iterator[timedelta]:
    """The moments of a time of day after one that is known, for as long as matters."""
    first = (time - known.time) % DAY or DAY
    return (known.at + first + days * DAY for days in range(30))
