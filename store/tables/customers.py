"""A person, and each id they are known by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant


class Customer(SQLModel, table=True):
    """One person. `position` is that of the last event applied to them; whoever changes a customer holds this row's lock."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("customer_email", text("lower(attributes ->> 'email')"), postgresql_using="hash"),
        Index("customer_phone", text("(attributes ->> 'phone')"), postgresql_using="hash"),
    )

    id: UUID = Field(primary_key=True)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=document())
    score: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    position: int = Field(default=0, sa_column_kwargs={"server_default": "0"}, sa_type=BigInteger)
    merged_into: UUID | None = Field(default=None, index=True)
    created_at: datetime = Field(sa_column=instant(now=True))
    updated_at: datetime = Field(sa_column=instant(now=True))


class Identity(SQLModel, table=True):
    """`kind` is user_id, anonymous_id or device. Email and phone are attributes, found by index; they never merge people."""

    __tablename__ = "identity"

    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    customer_id: UUID = Field(index=True, foreign_key="customer.id")
    created_at: datetime = Field(sa_column=instant(now=True))


class ScoreEntry(SQLModel, table=True):
    """One change of a score with its cause; a step of a run changes it once per visit."""

    __tablename__ = "score_entry"
    __table_args__ = (
        Index("score_entry_once", "run_id", "step", "visit", unique=True, postgresql_where=text("run_id IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(index=True)
    at: datetime = Field(sa_column=instant())
    change: float
    value: float
    reason: str | None = None
    run_id: UUID | None = None
    step: str | None = None
    visit: int | None = None
