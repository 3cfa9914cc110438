"""What a process has open: settings, database, caches, and Temporal once it is needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from domain.errors import Unavailable
from runtime.settings import Settings
from runtime.temporal import connect
from store.access.key_ring import KeyRing
from store.database import Database
from store.journey.catalog import Catalog

log = structlog.get_logger(__name__)

HEALTH_PATIENCE = 1.0
"""Seconds that Temporal has to answer a question about its health."""


@dataclass
class Resources:
    """Opened once per process by `open_resources`."""

    settings: Settings
    db: Database
    catalog: Catalog
    keys: KeyRing
    _client: Client | None = None
    _connecting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def temporal(self) -> Client:
        """The client, connected on first use. Raises Unavailable while Temporal is away; the next call tries again."""
        async with self._connecting:
            if self._client is None:
                try:
                    self._client = await connect(self.settings)
                except (RuntimeError, RPCError) as error:
                    raise Unavailable("Temporal cannot be reached.", code="temporal_away") from error
            return self._client

    async def temporal_answers(self) -> bool:
        """Whether Temporal says within a second that it is well."""
        try:
            async with asyncio.timeout(HEALTH_PATIENCE):
                client = await self.temporal()
                return await client.service_client.check_health(timeout=timedelta(seconds=HEALTH_PATIENCE))
        except (Unavailable, RPCError, TimeoutError) as error:
            log.warning("temporal_away", error=type(error).__name__)
            return False


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Opens what the process needs, and closes it at the end. Neither PostgreSQL nor Temporal need to be up yet."""
    db = Database(settings.database_url, pool_size=settings.database_pool)
    try:
        yield Resources(settings, db, Catalog(), KeyRing(db))
    finally:
        await db.close()
