"""The send ledger: one row per intended hand-over, written before it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant

LIVE_STATES = ("claimed", "handed_over", "unknown", "delivered", "bounced", "complained", "ghost")


class Message(SQLModel, table=True):
    """`claimed -> released | handed_over | refused | unknown`, then what the provider reports. `ghost`: never handed over.

    The unique index backs rule 18: at most one live hand-over per (run, step, visit); attempts that came to nothing stand in it
    under their number, live ones under 0.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "message_live",
            "run_id",
            "step",
            "visit",
            text("(attempt * (state = 'released' OR state = 'refused')::integer)"),
            unique=True,
        ),
        Index("message_by_customer", "customer_id", "claimed_at"),
        Index("message_newest", "claimed_at", "id"),
        Index("message_newest_of_journey", "journey_id", "claimed_at", "id"),
        Index(
            "message_unusual",
            "state",
            "claimed_at",
            "id",
            postgresql_where=text("state NOT IN ('claimed', 'handed_over', 'delivered')"),
        ),
        Index("message_by_provider", "provider", "provider_id"),
        Index("message_open", "lease_until", postgresql_where=text("state IN ('claimed', 'unknown')")),
    )

    id: UUID = Field(primary_key=True)
    customer_id: UUID
    journey_id: str
    version: int
    run_id: UUID
    step: str
    visit: int
    attempt: int
    channel: str
    purpose: str = "marketing"
    topic: str | None = None
    template: str
    template_version: int
    locale: str = ""
    variant: str | None = None
    state: str = "claimed"
    address: str
    subject: str | None = None
    content_hash: str
    content: dict[str, Any] = Field(sa_column=document())
    provider: str | None = None
    provider_id: str | None = None
    answer: dict[str, Any] = Field(sa_column=document())
    price: float | None = None
    claimed_at: datetime = Field(sa_column=instant())
    lease_until: datetime = Field(sa_column=instant())
    handed_over_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    delivered_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    opened_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    clicked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    opens: int = 0
    clicks: int = 0
    machine_opens: int = 0
    machine_clicks: int = 0
    unknown_count: int = 0
