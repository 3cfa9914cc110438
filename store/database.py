"""The connection to PostgreSQL: one pool, short transactions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Transaction = AsyncConnection
"""What every function of the store takes first: an open transaction. Whoever opened it decides when it commits."""


def _dumps(value: object) -> str:
    return orjson.dumps(value, default=str).decode()


class Database:
    """One pool of connections to one database. `url` is a plain `postgresql://…`."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,  # a restarted server is noticed before work is lost, for one round trip a transaction
            hide_parameters=True,  # errors are logged, and parameters are people's data
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits when the block ends well, rolls back when it raises."""
        async with self.engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def async_url(url: str) -> str:
    """SQLAlchemy's spelling of a PostgreSQL URL: `postgresql+psycopg://…`."""
    _, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}"
