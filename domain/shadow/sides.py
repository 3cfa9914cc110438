"""What is compared: what each of two versions did with one person who came by one event.

What is only read while it is compared are plain tuples: there are seven of them to a pair, and validating them took half the time.
"""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from domain.frozen import Frozen
from domain.records import RunStatus


class Sent(NamedTuple):
    """A message that went out, or would have: of ghosts the moment counts at which it would have."""

    step: str
    visit: int
    channel: str
    template: str
    at: datetime


class HeldBack(NamedTuple):
    """A message that did not go, and the check or cause that kept it."""

    step: str
    visit: int
    why: str


class Side(NamedTuple):
    """One version and one person. Without `run` they did not enter; then `missed` says why, if it was a near miss."""

    run: UUID | None = None
    missed: str | None = None
    held_out: bool = False
    sent: tuple[Sent, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    status: RunStatus | None = None
    step: str | None = None
    ended: str | None = None
    ended_at: datetime | None = None


class Pair(NamedTuple):
    """The two runs of one person that began by the same event, or the one that has none beside it."""

    customer: UUID
    key: str
    entered_at: datetime
    live: Side
    shadow: Side


class Difference(Frozen):
    """Where they part. entered: only one did. sent: only one sends at the step, or by another channel or template. moment: both
    send, at different times. held_back: for other reasons. ended: otherwise, or only one has."""

    kind: Literal["entered", "sent", "moment", "held_back", "ended"]
    step: str | None = None
    live: str
    shadow: str


class Differing(Frozen):
    """A person with whom the two versions did not do the same."""

    customer: UUID
    key: str
    entered_at: datetime
    live_run: UUID | None
    shadow_run: UUID | None
    held_out: bool
    differences: tuple[Difference, ...]
