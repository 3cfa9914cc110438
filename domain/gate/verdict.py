"""What the gate answers, with every check it made, so that `explain` can tell the reason."""

from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID


class Check(NamedTuple):
    """One question of the gate and its answer. `why` is a clause for people; it holds no address."""

    check: str
    passed: bool
    why: str


@lru_cache(maxsize=4_096)
def answer(check: str, passed: bool, why: str) -> Check:
    """The answer to one question; the same object for the same words, since most sends are answered alike."""
    return Check(check=check, passed=passed, why=why)


class Asked(NamedTuple):
    """What one channel answered, with its checks up to the one that decided."""

    channel: str
    outcome: Literal["go", "defer", "late", "hold", "next_channel", "skip"]
    checks: tuple[Check, ...]


class Go(NamedTuple):
    channel: str
    address: str
    asked: tuple[Asked, ...]
    kind: Literal["go"] = "go"


class Defer(NamedTuple):
    """Not now; ask again at `until`."""

    channel: str
    until: datetime
    asked: tuple[Asked, ...]
    kind: Literal["defer"] = "defer"


class OnHold(NamedTuple):
    """The channel is paused, by `hold`: neither now nor on another channel, and until that is lifted."""

    channel: str
    hold: UUID
    asked: tuple[Asked, ...]
    kind: Literal["hold"] = "hold"


class Late(NamedTuple):
    """The step's deadline is over, or (`until`) it could not go before it is: the step's `if_late` applies, now."""

    channel: str
    until: datetime | None
    asked: tuple[Asked, ...]
    kind: Literal["late"] = "late"


class Skip(NamedTuple):
    """It does not go. `reason` is the check that the last channel failed."""

    reason: str
    asked: tuple[Asked, ...]
    kind: Literal["skip"] = "skip"


Verdict = Go | Defer | OnHold | Late | Skip
