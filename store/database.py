"""The connection to PostgreSQL: one pool, short transactions."""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

import orjson
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from store.discretion import keep_values_out_of_errors
from store.transaction import Transaction

__all__ = ["Database", "Transaction", "array_of"]

RESTED = 0.05
"""Seconds after which a connection is asked whether it still lives before it is used again."""


def _dumps(value: object) -> str:
    return orjson.dumps(value, default=str).decode()


class Database:
    """One pool of connections to one database. `url` is a plain `postgresql://…`."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            pool_reset_on_return=None,  # `transaction` leaves none open
            max_overflow=pool_size,
            hide_parameters=True,  # errors are logged, and parameters are people's data
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
        )
        self._committing = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        _notice_restarts(self.engine)
        keep_values_out_of_errors(self.engine.sync_engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits when the block ends well, rolls back when it raises."""
        connection = Transaction(self.engine)
        async with connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Transaction]:
        """For one statement, which is a transaction of its own: two round trips less. A second one would be another transaction."""
        connection = Transaction(self._committing)
        async with connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def array_of(values: Iterable[UUID | int]) -> str:
    """Ids or numbers as PostgreSQL writes an array, for `CAST(:name AS uuid[])`: psycopg takes ten times as long over a list."""
    return "{" + ",".join(map(str, values)) + "}"


def _notice_restarts(engine: AsyncEngine) -> None:
    """A restarted server is noticed before work is lost, for a round trip after a rest.

    SQLAlchemy's own `pool_pre_ping` asks before every transaction, also when the last one ended a millisecond ago. Without it,
    one call that comes within `RESTED` of a restart fails as any does that is under way in one: whoever called tries again.
    """

    @event.listens_for(engine.sync_engine, "connect")
    @event.listens_for(engine.sync_engine, "checkin")
    def used(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def checked(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        if time.monotonic() - record.info["used_at"] <= RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def async_url(url: str) -> str:
    """SQLAlchemy's spelling of a PostgreSQL URL: `postgresql+psycopg://…`."""
    _, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}"
