"""Runs and what routing writes about them, without the SQL: whoever only reasons about them need not load it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import JsonValue

from domain.effects import Delivery


@dataclass(slots=True)
class RunRow:
    """A run under way, or one that has ended and may still convert."""

    id: UUID
    journey: str
    version: int
    customer: UUID
    key: str
    status: str
    entered_at: datetime
    ghost: bool = False
    shadow: bool = False
    leaving: str | None = None
    ended_reason: str | None = None
    ended_at: datetime | None = None
    listens: list[dict[str, Any]] = field(default_factory=list)
    heard: int = 0
    last_command: int = 0
    entry: dict[str, JsonValue] = field(default_factory=dict)
    gathered: dict[str, JsonValue] = field(default_factory=dict)
    time_scale: float = 1.0
    depth: int = 0
    converted_at: datetime | None = None
    conversion_value: float | None = None

    @property
    def entry_position(self) -> int:
        """The position of the event that started it."""
        position = self.entry.get("position")
        return position if isinstance(position, int) else 0

    @property
    def event(self) -> dict[str, JsonValue]:
        """The properties of the event that started it: the root `event.` of rules."""
        properties = self.entry.get("properties")
        return properties if isinstance(properties, dict) else {}


@dataclass(frozen=True, slots=True)
class StartRow:
    """What a workflow is started with: its run as it was entered, and as it stands now."""

    id: UUID
    journey: str
    version: int
    customer: UUID
    key: str
    ghost: bool
    shadow: bool
    status: str
    entry: dict[str, Any]
    entered_at: datetime
    time_scale: float


class Passage(NamedTuple):
    """What re-entry is counted by: a customer, in a journey, under a key. A version in shadow counts by itself: `shadow` is its
    number, and 0 stands for the journey itself."""

    journey: str
    customer: UUID
    key: str
    shadow: int = 0


class Subject(NamedTuple):
    """Whom and what a decision is about; without a run it is about somebody who did not enter."""

    customer: UUID
    journey: str | None = None
    version: int | None = None
    run: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewCommand:
    """A start (without a delivery) or a signal on its way to a run's workflow."""

    run: UUID
    journey: str
    number: int
    delivery: Delivery | None = None
