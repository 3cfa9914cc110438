"""Accepted and not yet applied (inbox), which message ids have been seen (event_key), and what happened (event)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, SmallInteger
from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant, words


class Inbox(SQLModel, table=True):
    """An accepted event. `identities` are its keys (`user_id:42`); `slot` is that of the first. `names` is what rules call it.

    `body` is a `domain.events.AcceptedEvent` as JSON. Rows of a slot are applied in the order of `id`.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_slot", "slot", "id"),
        Index("inbox_identities", "identities", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    slot: int = Field(sa_type=SmallInteger)
    identities: list[str] = Field(sa_column=words())
    name: str
    received_at: datetime = Field(sa_column=instant())
    body: dict[str, Any] = Field(sa_column=document())


class Slot(SQLModel, table=True):
    """256 rows whose row locks share the work: `route` for inbox rows, `deliver` for commands."""

    __tablename__ = "slot"

    kind: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=SmallInteger)


class EventKey(SQLModel, table=True):
    """A message id of a source that has been accepted; pruned after the de-duplication retention."""

    __tablename__ = "event_key"
    __table_args__ = (Index("event_key_seen_at", "seen_at"),)

    source: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_column=instant(now=True))


class Event(SQLModel, table=True):
    """Something that happened, applied. Partitioned by month of `received_at`; `position` orders one customer's events."""

    __tablename__ = "event"
    __table_args__ = (
        Index("event_by_customer", "customer_id", "name", "timestamp"),
        Index("event_by_position", "customer_id", "position"),
        {"postgresql_partition_by": "RANGE (received_at)"},
    )

    id: UUID = Field(primary_key=True)
    received_at: datetime = Field(sa_column=instant(primary_key=True))
    position: int = Field(sa_type=BigInteger)
    customer_id: UUID
    name: str
    type: str
    timestamp: datetime = Field(sa_column=instant())
    properties: dict[str, Any] = Field(sa_column=document())
    context: dict[str, Any] = Field(sa_column=document())
    source: str
    message_id: str
    depth: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs={"server_default": "0"})
