"""Instants and zones in JSON, as SQL. The functions are made by a migration (`0003_instants`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Text, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from domain.account import Account
from domain.calendar import zone_names
from store.tables.customers import Customer


def zone_name(account: Account) -> ColumnElement[str]:
    """The zone of the row of `customer`, else the account's, else UTC; one unknown to this PostgreSQL is passed over."""
    default = account.timezone if account.timezone in zone_names() else "UTC"
    names = literal(sorted(zone_names()), ARRAY(Text))
    return func.zone_of(col(Customer.attributes), names, literal(default, Text), type_=Text)


def instant(value: ColumnElement[Any], zone: ColumnElement[str]) -> ColumnElement[datetime]:
    """The instant that a JSON text means (in `zone` if it has no offset); null for everything else."""
    return func.instant_of(value, zone, type_=DateTime(timezone=True))
