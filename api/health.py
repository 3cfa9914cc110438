"""Whether the process lives, and whether it can do its work."""

from typing import Literal

import structlog
from fastapi import APIRouter, Response

from api.dependencies import Open
from domain.frozen import Frozen
from runtime.resources import Resources
from store.schema import newest_revision, revision

log = structlog.get_logger(__name__)

router = APIRouter(tags=["operations"])


class Alive(Frozen):
    status: Literal["ok"] = "ok"


class Readiness(Frozen):
    """`temporal` does not decide: without it events are still accepted, and wait."""

    status: Literal["ready", "not ready"]
    database: Literal["ok", "away", "not migrated"]
    temporal: Literal["ok", "away"]


@router.get("/healthz", summary="The process answers")
async def healthz() -> Alive:
    return Alive()


@router.get("/readyz", summary="Events can be accepted", responses={503: {"model": Readiness}})
async def readyz(resources: Open, response: Response) -> Readiness:
    database = await _database(resources)
    response.status_code = 200 if database == "ok" else 503
    return Readiness(
        status="ready" if database == "ok" else "not ready",
        database=database,
        temporal="ok" if await resources.temporal_answers() else "away",
    )


async def _database(resources: Resources) -> Literal["ok", "away", "not migrated"]:
    try:
        async with resources.db.transaction() as tx:
            found = await revision(tx)
    except Exception as error:
        log.warning("database_away", error=type(error).__name__)
        return "away"
    return "ok" if found == newest_revision() else "not migrated"
