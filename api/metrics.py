"""GET /metrics for Prometheus."""

import asyncio
import time
from typing import cast

import structlog
from fastapi import APIRouter, Request, Response

from runtime.metrics import CONTENT_TYPE, render
from store.database import Database
from store.metrics import Depths, depths

log = structlog.get_logger(__name__)

FRESH_SECONDS = 2.0

router = APIRouter(tags=["operations"])


class DepthsReader:
    """Counts what waits, at most once every two seconds: many scrapers cost the database no more than one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        self._good_until = float("-inf")
        self._depths: Depths | None = None

    async def read(self) -> Depths | None:
        """The counts; None when the database does not give them in time."""
        async with self._turn:
            if time.monotonic() > self._good_until:
                self._depths = await self._ask()
                self._good_until = time.monotonic() + FRESH_SECONDS
            return self._depths

    async def _ask(self) -> Depths | None:
        try:
            async with self._database.transaction() as tx:
                return await depths(tx)
        except Exception as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            return None


@router.get("/metrics", summary="What Prometheus scrapes", response_class=Response)
async def metrics(request: Request) -> Response:
    """Queue depths and the books by state from the database, and the timings that this process knows."""
    reader = cast(DepthsReader, request.app.state.depths)
    return Response(render(await reader.read()), media_type=CONTENT_TYPE)
