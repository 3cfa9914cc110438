"""What is read back about customers, runs and messages: the shapes in which store answers, the API speaks and `explain` thinks."""

from datetime import datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

from pydantic import Field, JsonValue

from domain.frozen import Frozen

RunStatus = Literal["queued", "running", "leaving", "paused", "parked", "ended"]
MessageState = Literal[
    "claimed", "released", "handed_over", "refused", "unknown", "delivered", "bounced", "complained", "ghost"
]

Item = TypeVar("Item")


class Page(Frozen, Generic[Item]):
    """One page of a list, newest first. `next_cursor` asks for the following page; null: this was the last one."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


class IdentityRecord(Frozen):
    """An id a customer is known by: `user_id`, `anonymous_id` or `device`."""

    kind: str
    value: str


class ConsentRecord(Frozen):
    """The newest statement about a channel or a topic (exactly one of the two is set)."""

    channel: str | None = None
    topic: str | None = None
    granted: bool
    source: str
    at: datetime


class SuppressionRecord(Frozen):
    """An address of this customer that is never used on a channel, and why."""

    channel: str
    address: str
    reason: str
    source: str = ""
    at: datetime


class CustomerRecord(Frozen):
    """A person with everything that is known about them, but for what happened: that is the timeline."""

    id: UUID
    attributes: dict[str, JsonValue] = Field(default_factory=dict)
    score: float = 0.0
    identities: tuple[IdentityRecord, ...] = ()
    consents: tuple[ConsentRecord, ...] = ()
    suppressions: tuple[SuppressionRecord, ...] = ()
    created_at: datetime
    updated_at: datetime


class RunRecord(Frozen):
    """One customer's passage through one version of a journey. `parked` says why a parked run cannot go on by itself; since
    `held_at` it rests, because its journey or a channel is paused. A `ghost`
    walks the journey and has no effects; with `shadow` because its version only runs beside the live one."""

    id: UUID
    workflow_id: str
    journey: str
    version: int
    customer_id: UUID
    key: str = ""
    status: RunStatus
    ended_reason: str | None = None
    ghost: bool = False
    shadow: bool = False
    step: str | None = None
    waiting_until: datetime | None = None
    parked: dict[str, JsonValue] | None = None
    held_at: datetime | None = None
    time_scale: float = 1.0
    entered_at: datetime
    started_at: datetime | None = None
    converted_at: datetime | None = None
    conversion_value: float | None = None
    ended_at: datetime | None = None


class RunDetail(RunRecord):
    """A run with what started it, what it has gathered, the steps it has taken and what it hears."""

    entry: dict[str, JsonValue] = Field(default_factory=dict)
    gathered: dict[str, JsonValue] = Field(default_factory=dict)
    path: tuple[str, ...] = ()
    listens: tuple[dict[str, JsonValue], ...] = ()


class MessageRecord(Frozen):
    """One intended hand-over, as the send ledger has it. `answer` is what the provider said."""

    id: UUID
    customer_id: UUID
    journey: str
    version: int
    run_id: UUID
    step: str
    visit: int
    attempt: int
    channel: str
    purpose: str
    topic: str | None = None
    template: str
    template_version: int
    locale: str = ""
    state: MessageState
    address: str
    subject: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    answer: dict[str, JsonValue] = Field(default_factory=dict)
    price: float | None = None
    claimed_at: datetime
    handed_over_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    opens: int = 0
    clicks: int = 0
    machine_opens: int = 0
    machine_clicks: int = 0
    unknown_count: int = 0


class MessageDetail(MessageRecord):
    """A message with what was rendered for it: `content.text` is its plain text."""

    content: dict[str, JsonValue] = Field(default_factory=dict)


class EventRecord(Frozen):
    """Something that happened. `timestamp` is when, `received_at` when we heard of it."""

    id: UUID
    name: str
    type: str
    timestamp: datetime
    received_at: datetime
    properties: dict[str, JsonValue] = Field(default_factory=dict)
    source: str = ""


class DecisionRecord(Frozen):
    """One line of the decision log, with the values it was decided on. Its words: `domain/decisions.py`."""

    id: UUID
    at: datetime
    journey: str | None = None
    version: int | None = None
    run_id: UUID | None = None
    step: str | None = None
    visit: int | None = None
    kind: str
    outcome: str
    detail: dict[str, JsonValue] = Field(default_factory=dict)


class TimelineEntry(Frozen):
    """One thing on a customer's timeline. `title` is the event's name, the decision's kind and outcome, or the template."""

    at: datetime
    id: UUID
    kind: Literal["event", "message", "decision"]
    title: str
    journey: str | None = None
    run_id: UUID | None = None
    step: str | None = None
    detail: dict[str, JsonValue] = Field(default_factory=dict)


class VersionRecord(Frozen):
    """A published version of a journey."""

    version: int
    published_at: datetime
    published_by: str = ""
    checksum: str = ""


class JourneyRecord(Frozen):
    """A journey in a list. `runs` counts its runs by status, without those in shadow."""

    journey: str
    title: str = ""
    status: Literal["draft", "live", "archived"]
    live_version: int | None = None
    shadow_version: int | None = None
    has_draft: bool = False
    runs: dict[RunStatus, int] = Field(default_factory=dict)
    created_at: datetime
    updated_at: datetime
