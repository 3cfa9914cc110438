"""What a story is made from, and the story."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, JsonValue

from domain.frozen import Frozen
from domain.program import Program
from domain.records import CustomerRecord, DecisionRecord, EventRecord, MessageRecord, RunRecord

ZoneOwner = Literal["customer", "account", "default"]
"""Whose time zone is used; `default`: nobody names one, so UTC."""


class SeenEvent(Frozen):
    """An event's name, how often this customer has had it, and when last."""

    name: str
    count: int
    last: datetime


class JourneyMaterial(Frozen):
    """The journey that was asked about. `program` is its live version; `published_at` that of its first one."""

    journey: str
    status: str
    program: Program | None = None
    published_at: datetime | None = None


class Material(Frozen):
    """Everything that is known for an answer. Lists are oldest first.

    `events` are reactions, those that decisions name, and those that could have started the asked journey. `zone` is an
    IANA name. `unapplied` counts events that are accepted and not applied yet. `is_cut`: there
    is more than was loaded, and what is missing is older.
    """

    customer: CustomerRecord
    asked_at: datetime
    zone: str = "UTC"
    zone_of: ZoneOwner = "default"
    journey: JourneyMaterial | None = None
    message: MessageRecord | None = None
    runs: tuple[RunRecord, ...] = ()
    decisions: tuple[DecisionRecord, ...] = ()
    messages: tuple[MessageRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    programs: tuple[Program, ...] = ()
    seen: tuple[SeenEvent, ...] = ()
    unapplied: int = 0
    is_cut: bool = False


LineKind = Literal[
    "entry", "near_miss", "wait", "choice", "change", "gate", "send", "reaction", "operator", "end", "absence"
]


class Line(Frozen):
    """One sentence of the story. `detail` holds the values it was decided on."""

    at: datetime
    kind: LineKind
    sentence: str
    journey: str | None = None
    version: int | None = None
    run_id: UUID | None = None
    step: str | None = None
    detail: dict[str, JsonValue] = Field(default_factory=dict)


class Story(Frozen):
    """The answer to "why": in a sentence (`answer`), and line by line, oldest first. `zone` is that of the times in sentences."""

    title: str
    answer: str
    customer_id: UUID
    journey: str | None = None
    message_id: UUID | None = None
    zone: str
    zone_of: ZoneOwner
    is_cut: bool = False
    lines: tuple[Line, ...] = ()
