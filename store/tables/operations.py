"""Operations over many runs, and pauses of journeys and channels."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant


class Operation(SQLModel, table=True):
    """One order to many runs. `status` is planned, running, paused, done or cancelled; `rate` is runs a second at most.

    `done`, `skipped` and `failed` count the items with that outcome; what is left of `total` is still to come.
    """

    __tablename__ = "operation"
    __table_args__ = (Index("operation_by_time", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    kind: str
    journey_id: str | None = None
    parameters: dict[str, Any] = Field(sa_column=document())
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    rate: float
    status: str
    total: int
    done: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    skipped: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    failed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_by: str
    created_at: datetime = Field(sa_column=instant(now=True))
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class OperationItem(SQLModel, table=True):
    """A run that an operation is about, frozen when it was made. `outcome` is done, skipped or failed; null: not yet. `at`
    is when that was written, and before that when somebody took it up."""

    __tablename__ = "operation_item"
    __table_args__ = (
        Index("operation_item_open", "operation_id", "position", postgresql_where=text("outcome IS NULL")),
    )

    operation_id: UUID = Field(primary_key=True, foreign_key="operation.id")
    position: int = Field(primary_key=True)
    run_id: UUID
    outcome: str | None = None
    note: str = Field(default="", sa_column_kwargs={"server_default": ""})
    at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Hold(SQLModel, table=True):
    """A pause of a journey or a channel, standing until `lifted_at`. `due` and `spread_seconds` say what became of what fell
    due meanwhile."""

    __tablename__ = "hold"
    __table_args__ = (Index("hold_standing", "kind", "name", unique=True, postgresql_where=text("lifted_at IS NULL")),)

    id: UUID = Field(primary_key=True)
    kind: str
    name: str
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    held_by: str
    held_at: datetime = Field(sa_column=instant(now=True))
    due: str | None = None
    spread_seconds: float | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
