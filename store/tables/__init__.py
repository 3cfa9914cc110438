"""The tables, by noun. Importing this package registers all of them with SQLModel.metadata."""

from store.tables import (
    access,
    approvals,
    customers,
    events,
    journeys,
    messages,
    operations,
    permissions,
    runs,
    tallies,
)

__all__ = [
    "access",
    "approvals",
    "customers",
    "events",
    "journeys",
    "messages",
    "operations",
    "permissions",
    "runs",
    "tallies",
]
