"""The tables, by noun. Importing this package registers all of them with SQLModel.metadata."""

from store.tables import access, customers, events, journeys, messages, permissions, runs

__all__ = ["access", "customers", "events", "journeys", "messages", "permissions", "runs"]
