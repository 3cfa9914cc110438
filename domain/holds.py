"""Pauses of a journey or a channel: what stands, and what a resume would do."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.durations import Duration
from domain.engine.entering import share
from domain.frozen import Frozen

HoldKind = Literal["journey", "channel"]
Due = Literal["catch_up", "skip", "spread"]

WEBHOOKS = "webhook"
"""The channel of webhook steps, which can be paused like one that sends."""


class HoldRecord(Frozen):
    """A pause of a journey or channel. `due` and `over` say what became of what fell due; null while it stands."""

    id: UUID
    kind: HoldKind
    name: str
    reason: str
    held_by: str
    held_at: datetime
    due: Due | None = None
    over: Duration | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = None


class HeldGroup(Frozen):
    """Runs that rest at one step: since when, and how many of them longer than the step's own deadline."""

    journey: str
    version: int
    step: str
    does: str
    channels: tuple[str, ...] = ()
    runs: int
    people: int
    oldest: datetime
    newest: datetime
    overdue: int = 0


class ResumePlan(Frozen):
    """What fell due while a pause stands: shown before it is lifted. `entered` counts who entered a paused journey meanwhile."""

    hold: HoldRecord
    runs: int
    people: int
    entered: int | None = None
    oldest: datetime | None = None
    newest: datetime | None = None
    groups: tuple[HeldGroup, ...] = ()


class HoldProgress(Frozen):
    """A pause, and how many runs rest because of it: once it is lifted, those that are yet to be told."""

    hold: HoldRecord
    resting: int


def turn_of(run: UUID, hold: UUID, lifted_at: datetime, over: timedelta) -> datetime:
    """When it is this run's turn where a resume is spread: stable, and even over all runs."""
    return lifted_at + over * share("spread", hold, run)
