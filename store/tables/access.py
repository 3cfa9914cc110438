"""Who may call, and who changed what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant


class ApiKey(SQLModel, table=True):
    """A key of 256 random bits, kept as its SHA-256. `scope` is ingest or admin; `source` names its events' origin."""

    __tablename__ = "api_key"

    id: UUID = Field(primary_key=True)
    digest: str = Field(unique=True)
    prefix: str
    name: str = ""
    scope: str
    source: str
    created_at: datetime = Field(sa_column=instant(now=True))
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Audit(SQLModel, table=True):
    """Who changed what: append-only."""

    __tablename__ = "audit"

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_column=instant(now=True, index=True))
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = Field(sa_column=document())


class Secret(SQLModel, table=True):
    """What webhooks carry and nobody reads: `value` as `store.access.sealing` keeps it."""

    __tablename__ = "secret"

    name: str = Field(primary_key=True)
    value: bytes
    updated_at: datetime = Field(sa_column=instant(now=True))
    updated_by: str
