"""What was recorded about a customer, as a back-test reads it: events, statements, messages and runs, each with its time."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An applied event. What an identify or group said stands in `properties`."""

    id: UUID
    position: int
    name: str
    type: str
    timestamp: datetime
    received_at: datetime
    properties: dict[str, JsonValue]
    context: dict[str, JsonValue]
    source: str
    message_id: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class RecordedConsent:
    """A statement about a channel or a topic (exactly one of them)."""

    at: datetime
    channel: str | None
    topic: str | None
    granted: bool
    source: str


@dataclass(frozen=True, slots=True)
class RecordedSuppression:
    """An address that is not used from then on. One that was lifted again leaves no record."""

    at: datetime
    channel: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """A row of the send ledger."""

    run: UUID
    journey: str
    step: str
    visit: int
    channel: str
    purpose: str
    template: str
    state: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """How a run of the journey went so far. `event` is the id of the event that started it, `accepted_at` when that came."""

    id: UUID
    version: int
    key: str
    status: str
    ghost: bool
    entered_at: datetime
    accepted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    ended_reason: str | None
    converted_at: datetime | None
    conversion_value: float | None
    step: str | None
    entry: dict[str, JsonValue]
    gathered: dict[str, JsonValue]

    @property
    def event(self) -> str:
        return str(self.entry.get("event_id", ""))


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A line of the decision log. Without `run` it is about somebody who did not enter."""

    at: datetime
    run: UUID | None
    kind: str
    outcome: str
    step: str | None
    visit: int | None
    detail: dict[str, JsonValue]


@dataclass(slots=True)
class RecordedPerson:
    """One customer. `attributes` and `score` are those of today; the rest is in the order of time, up to the end of the window."""

    id: UUID
    attributes: dict[str, JsonValue]
    score: float
    events: list[RecordedEvent] = field(default_factory=list)
    consents: list[RecordedConsent] = field(default_factory=list)
    suppressions: list[RecordedSuppression] = field(default_factory=list)
    messages: list[RecordedMessage] = field(default_factory=list)
    runs: list[RecordedRun] = field(default_factory=list)
    decisions: list[RecordedDecision] = field(default_factory=list)
