"""What people are asked to approve of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant, words


class Approval(SQLModel, table=True):
    """A question of a run to a person: one for each visit of an `approve` step. `content` is what they would approve of, and
    `digest` its hash; `until` null: the answer is awaited without an end. `told_at`: when those who are asked were told by mail."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("run_id", "step", "visit"),
        Index("approval_by_status", "status", "asked_at"),
        Index("approval_by_customer", "customer_id"),
        Index("approval_told", "asked_of", "told_at"),
        Index(
            "approval_untold",
            "asked_at",
            postgresql_where=text("told_at IS NULL AND status IN ('open', 'lapsed')"),
        ),
    )

    id: UUID = Field(primary_key=True)
    run_id: UUID
    customer_id: UUID
    journey_id: str
    version: int
    step: str
    visit: int
    asked_of: str
    title: str
    of: Any = Field(sa_column=words())
    content: dict[str, Any] = Field(sa_column=document())
    digest: str
    status: str = "open"
    asked_at: datetime = Field(sa_column=instant())
    until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    told_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    answered_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    answered_by: str | None = None
    note: str = Field(default="", sa_column_kwargs={"server_default": ""})
