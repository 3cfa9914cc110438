"""Runs, what was decided in them, and the commands on their way to Temporal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant


class Run(SQLModel, table=True):
    """One customer's passage through one version of a journey.

    `number` is that of the last engine request written here and `reply` what it answered: repeating a request gives
    the stored reply. `state` is the engine's state at that point, `listens` what the run hears from `heard` on.
    `leaving` is the reason for which a run with that status is about to end. `last_command` numbers the commands sent
    to its workflow. `hold_id` is the pause of its journey or a channel at which `hold_step` rests
    since `held_at`.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index("run_living", "customer_id", postgresql_where=text("status <> 'ended'")),
        Index("run_by_entry", "journey_id", "customer_id", "key"),
        Index("run_by_status", "journey_id", "status", "entered_at"),
        Index("run_by_customer", "customer_id", "entered_at"),
        Index("run_by_start", "journey_id", "started_at"),
        Index("run_newest", "entered_at", "id"),
        Index("run_newest_of_journey", "journey_id", "entered_at", "id"),
        Index("run_by_version", "journey_id", "version", "step", postgresql_where=text("status <> 'ended'")),
        Index("run_shadow", "journey_id", "version", postgresql_where=text("shadow AND status <> 'ended'")),
        Index("run_in_shadow", "journey_id", "entered_at", "id", postgresql_where=text("shadow")),
        Index("run_held", "hold_id", "held_at", postgresql_where=text("hold_id IS NOT NULL")),
        Index("run_parked", "journey_id", "step", postgresql_where=text("status = 'parked'")),
    )

    id: UUID = Field(primary_key=True)
    journey_id: str
    version: int
    customer_id: UUID
    key: str = ""
    status: str = "running"
    ended_reason: str | None = None
    leaving: str | None = None
    ghost: bool = False
    shadow: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    step: str | None = None
    waiting_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    number: int = 0
    state: dict[str, Any] = Field(sa_column=document())
    reply: dict[str, Any] | None = Field(default=None, sa_column=document(nullable=True))
    listens: dict[str, Any] = Field(sa_column=document())
    heard: int = Field(default=0, sa_type=BigInteger)
    last_command: int = 0
    entry: dict[str, Any] = Field(sa_column=document())
    gathered: dict[str, Any] = Field(sa_column=document())
    parked: dict[str, Any] | None = Field(default=None, sa_column=document(nullable=True))
    hold_id: UUID | None = None
    hold_step: str | None = None
    held_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    time_scale: float = 1.0
    depth: int = Field(default=0, sa_type=SmallInteger)
    entered_at: datetime = Field(sa_column=instant())
    started_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    converted_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    conversion_value: float | None = None
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Decision(SQLModel, table=True):
    """What was decided, with which values. Append-only, partitioned by month of `at`. Without `run_id`: a near miss."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("decision_by_run", "run_id", "at"),
        Index("decision_by_customer", "customer_id", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_column=instant(primary_key=True))
    customer_id: UUID
    journey_id: str | None = None
    version: int | None = None
    run_id: UUID | None = None
    step: str | None = None
    visit: int | None = None
    kind: str
    outcome: str
    detail: dict[str, Any] = Field(sa_column=document())


class Command(SQLModel, table=True):
    """Outbox: a start or signal that Temporal has not confirmed yet. `number` counts per run, from 1."""

    __tablename__ = "command"
    __table_args__ = (Index("command_slot", "slot", "id"), UniqueConstraint("run_id", "number"))

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    slot: int = Field(sa_type=SmallInteger)
    run_id: UUID
    journey_id: str
    number: int
    kind: str
    body: dict[str, Any] = Field(sa_column=document())
    created_at: datetime = Field(sa_column=instant(now=True))
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    not_before: datetime = Field(sa_column=instant(now=True))
    failure: str | None = None
