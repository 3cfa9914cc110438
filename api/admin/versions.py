"""Versions of a journey: which there are, how they differ, and back to an earlier one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.admin.journeys import JourneyName
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.frozen import Frozen
from domain.migration.mapping import read_map
from domain.records import Page
from runtime import versions
from runtime.providers import channels_with_provider
from runtime.publishing import Published

router = APIRouter(prefix="/v1/journeys/{journey}", tags=["journeys"], dependencies=[Depends(sound_json)])


class Rollback(Frozen):
    """Which version to go back to."""

    to: int = Field(ge=1, lt=2**31, examples=[3])


Pair = Annotated[str, Field(max_length=401, pattern=r"^[ -~]*$")]

Side = Annotated[str, Query(max_length=20, pattern=r"^([0-9]+|live|draft)$")]


@router.get("/versions")
async def list_versions(journey: JourneyName, opened: Open, _: AdminKey) -> Page[versions.VersionInUse]:
    """Every published version, newest first, with the number of people under way on it."""
    async with opened.db.transaction() as tx:
        return Page(items=tuple(await versions.list_versions(tx, journey)))


@router.post("/rollback")
async def roll_back(journey: JourneyName, rollback: Rollback, opened: Open, key: AdminKey) -> Published:
    """Publishes a new version equal to an earlier one. People under way keep theirs; `migrate` moves them."""
    async with opened.db.transaction() as tx:
        return await versions.roll_back(
            tx, journey, rollback.to, channels=channels_with_provider(opened.settings), actor=key.prefix
        )


@router.get("/diff")
async def show_diff(
    journey: JourneyName,
    opened: Open,
    _: AdminKey,
    source: Annotated[Side, Query(alias="from", description="A version's number, `live` or `draft`.")] = "live",
    target: Annotated[Side, Query(alias="to", description="The same.")] = "draft",
    mapped: Annotated[
        list[Pair],
        Query(alias="map", max_length=50, description="`old=new`: a step that is called otherwise. May be repeated."),
    ] = [],  # noqa: B006 - FastAPI copies it
) -> versions.Diff:
    """What the second version does otherwise than the first, in words, with the people who stand at changed steps.

    Steps in `map` are compared with those that take their place, as a migration with the same map moves people.
    """
    steps = read_map(mapped)
    async with opened.db.transaction() as tx:
        return await versions.diff(tx, journey, source, target, channels_with_provider(opened.settings), steps)
