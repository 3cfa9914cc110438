"""Alembic's entry point. `store.migrate` hands over an open connection; there is no alembic.ini."""

from alembic import context
from sqlmodel import SQLModel

import store.tables  # noqa: F401  registers the tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
