"""What the gate answers, with every check it made, so that `explain` can tell the reason."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.frozen import Frozen


class Check(Frozen):
    """One question of the gate and its answer. `why` is a clause for people; it holds no address."""

    check: str
    passed: bool
    why: str


@lru_cache(maxsize=4_096)
def answer(check: str, passed: bool, why: str) -> Check:
    """The answer to one question; the same object for the same words, since most sends are answered alike."""
    return Check(check=check, passed=passed, why=why)


class Asked(Frozen):
    """What one channel answered, with its checks up to the one that decided."""

    channel: str
    outcome: Literal["go", "defer", "late", "hold", "next_channel", "skip"]
    checks: tuple[Check, ...]


class Go(Frozen):
    kind: Literal["go"] = "go"
    channel: str
    address: str
    asked: tuple[Asked, ...]


class Defer(Frozen):
    """Not now; ask again at `until`."""

    kind: Literal["defer"] = "defer"
    channel: str
    until: datetime
    asked: tuple[Asked, ...]


class OnHold(Frozen):
    """The channel is paused, by `hold`: neither now nor on another channel, and until that is lifted."""

    kind: Literal["hold"] = "hold"
    channel: str
    hold: UUID
    asked: tuple[Asked, ...]


class Late(Frozen):
    """The step's deadline is over, or (`until`) it could not go before it is: the step's `if_late` applies, now."""

    kind: Literal["late"] = "late"
    channel: str
    until: datetime | None
    asked: tuple[Asked, ...]


class Skip(Frozen):
    """It does not go. `reason` is the check that the last channel failed."""

    kind: Literal["skip"] = "skip"
    reason: str
    asked: tuple[Asked, ...]


Verdict = Annotated[Go | Defer | OnHold | Late | Skip, Field(discriminator="kind")]
