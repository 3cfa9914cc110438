"""Versions in shadow: where they would part from the live one, and how they end."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from api.admin.journeys import JourneyName
from api.auth import AdminKey
from api.dependencies import Open
from domain.frozen import Frozen
from domain.shadow.totals import Comparison
from routing.shadows import end_runs
from runtime import shadowing
from runtime.comparing import compare

router = APIRouter(prefix="/v1/journeys", tags=["journeys"])


class ShadowStopped(Frozen):
    """The version that was in shadow. Its runs end as `stopped:shadow`."""

    journey: str
    version: int


@router.get("/{journey}/compare")
async def compare_with_shadow(
    journey: JourneyName,
    opened: Open,
    _: AdminKey,
    limit: Annotated[int, Query(ge=0, le=1000, description="How many people to name at most, the newest first.")] = 50,
) -> Comparison:
    """What the live version did and the one in shadow would have done, with the same people: in sum, and who differs where.

    Each live run stands beside the shadow run of the same customer and key that began by the same event. 409 when no
    version is in shadow.
    """
    async with opened.db.transaction() as tx:
        return await compare(tx, journey, now=datetime.now(UTC), time_scale=opened.settings.time_scale, limit=limit)


@router.post("/{journey}/shadow/stop")
async def stop(journey: JourneyName, opened: Open, key: AdminKey) -> ShadowStopped:
    """Ends the version in shadow: nobody enters it any more, and its runs end as `stopped:shadow`. 409 when there is none."""
    async with opened.db.transaction() as tx:
        version = await shadowing.stop_shadow(tx, journey, actor=key.prefix)
    await end_runs(opened.db)
    return ShadowStopped(journey=journey, version=version)
