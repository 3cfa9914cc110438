"""Column types that SQLModel does not know by itself. Each call makes a new column: a column belongs to one table."""

from typing import Any

from sqlalchemy import Column, DateTime, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text


def instant(
    *, nullable: bool = False, index: bool = False, primary_key: bool = False, now: bool = False
) -> Column[Any]:
    """A timestamptz; `now` gives it the transaction's time as default."""
    return Column(
        DateTime(timezone=True),
        nullable=nullable,
        index=index,
        primary_key=primary_key,
        server_default=text("now()") if now else None,
    )


def document(*, nullable: bool = False) -> Column[Any]:
    """A JSONB object; absent means `{}` unless null is allowed."""
    return Column(JSONB(none_as_null=True), nullable=nullable, server_default=None if nullable else text("'{}'::jsonb"))


def words() -> Column[Any]:
    """A text array, empty by default."""
    return Column(ARRAY(Text), nullable=False, server_default=text("'{}'::text[]"))
