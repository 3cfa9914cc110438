"""The ledger of permissions: consent, suppression, topics."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant


class Consent(SQLModel, table=True):
    """One statement about a channel or a topic (exactly one of them); the newest of each counts. Never changed, only added to."""

    __tablename__ = "consent"
    __table_args__ = (Index("consent_by_customer", "customer_id", "at"),)

    id: UUID = Field(primary_key=True)
    customer_id: UUID
    channel: str | None = None
    topic: str | None = None
    granted: bool
    source: str
    proof: dict[str, Any] = Field(sa_column=document())
    at: datetime = Field(sa_column=instant())


class Suppression(SQLModel, table=True):
    """An address that is never used on a channel. Addresses are normalised (lower-case mail, E.164 numbers)."""

    __tablename__ = "suppression"

    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    reason: str
    source: str = ""
    customer_id: UUID | None = Field(default=None, index=True)
    at: datetime = Field(sa_column=instant(now=True))


class Topic(SQLModel, table=True):
    __tablename__ = "topic"

    id: str = Field(primary_key=True)
    title: str = ""
    description: str = ""
    opt_in: bool = False
