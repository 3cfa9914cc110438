"""Journeys and templates: what authors publish."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from store.tables.columns import document, instant


class Journey(SQLModel, table=True):
    """A journey. `status` is draft, live or archived; `draft` is the newest unpublished source text (YAML or JSON);
    `shadow_version` runs beside the live one and hands nothing over."""

    __tablename__ = "journey"

    id: str = Field(primary_key=True)
    title: str = ""
    status: str = "draft"
    live_version: int | None = None
    shadow_version: int | None = None
    draft: str | None = None
    created_at: datetime = Field(sa_column=instant(now=True))
    updated_at: datetime = Field(sa_column=instant(now=True))


class JourneyVersion(SQLModel, table=True):
    """A published version: immutable. `program` is a `domain.program.Program`, `source` the text with its step ids."""

    __tablename__ = "journey_version"

    journey_id: str = Field(primary_key=True, foreign_key="journey.id")
    version: int = Field(primary_key=True)
    source: str
    program: dict[str, Any] = Field(sa_column=document())
    checksum: str
    published_at: datetime = Field(sa_column=instant(now=True))
    published_by: str = ""


class Catalog(SQLModel, table=True):
    """One row. `revision` rises with every publish, archive or account change, so that caches know when to read again."""

    __tablename__ = "catalog"

    id: int = Field(primary_key=True)
    revision: int = 0


class Account(SQLModel, table=True):
    """One row: the account's defaults, a `domain.account.Account` as JSON."""

    __tablename__ = "account"

    id: int = Field(primary_key=True)
    settings: dict[str, Any] = Field(sa_column=document())


class Template(SQLModel, table=True):
    __tablename__ = "template"

    channel: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    live_version: int = 0
    archived: bool = False
    updated_at: datetime = Field(sa_column=instant(now=True))


class TemplateVersion(SQLModel, table=True):
    """A published template: immutable. `locale` is empty for the default text; `compiled` is what rendering needs."""

    __tablename__ = "template_version"

    channel: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    locale: str = Field(primary_key=True, default="")
    source: str
    compiled: dict[str, Any] = Field(sa_column=document())
    checksum: str
    published_at: datetime = Field(sa_column=instant(now=True))
    published_by: str = ""
