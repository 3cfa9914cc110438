"""Journeys: drafts, checks, versions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field, JsonValue

from api.admin.texts import sound_json, text_of, text_request
from api.auth import AdminKey
from api.dependencies import Open
from api.problems import documented
from domain.check.together import Together
from domain.document.schema import journey_schema
from domain.errors import NotFound
from domain.frozen import Frozen
from domain.records import JourneyRecord, Page, RunStatus, VersionRecord
from lab.simulate.schema import model_schema
from routing.shadows import end_runs
from runtime import publishing, shadowing
from runtime.providers import channels_with_provider
from runtime.reviewing import review_together
from store.database import Transaction
from store.journey import journeys

router = APIRouter(prefix="/v1/journeys", tags=["journeys"])

JourneyName = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=100,
        description="The journey's id.",
        examples=["abandoned-cart"],
    ),
]
_BODY = text_request(
    "The journey as YAML or JSON.",
    {
        "application/yaml": "journey: welcome\nentry: {event: Signed Up}\nsteps:\n  - send: email/welcome\n",
        "application/json": {
            "journey": "welcome",
            "entry": {"event": "Signed Up"},
            "steps": [{"send": "email/welcome"}],
        },
    },
)


class Publishing(Frozen):
    """How to publish."""

    shadow: bool = Field(False, description="Run it beside the live version, and hand nothing over.")


class PublishingTogether(Frozen):
    """Journeys whose drafts are published in one moment, all or none."""

    journeys: tuple[Annotated[str, Field(max_length=100)], ...] = Field(
        min_length=1, max_length=100, examples=[["trial", "trial-ended"]]
    )


class JourneyDetail(Frozen):
    """A journey with its versions and the text of one of them; `version` says which, and is null for the draft.
    `shadow_version` runs beside the live one and hands nothing over. `runs` does not count those in shadow."""

    journey: str
    title: str
    status: str
    live_version: int | None
    shadow_version: int | None = None
    draft: str | None
    version: int | None
    source: str
    document: dict[str, JsonValue]
    versions: tuple[VersionRecord, ...]
    runs: dict[RunStatus, int]


@router.get("")
async def list_journeys(
    opened: Open,
    _: AdminKey,
    archived: Annotated[bool, Query(description="Whether to list archived journeys too.")] = False,
) -> Page[JourneyRecord]:
    """Every journey, with the number of its runs by status."""
    async with opened.db.transaction() as tx:
        return Page(items=tuple(await journeys.records(tx, archived=archived)))


@router.get("/check")
async def check_together(opened: Open, _: AdminKey) -> Together:
    """How many marketing messages one customer can get in a week from all live journeys together, at worst.

    `most` is null where nothing bounds it; `journeys` says for each journey how many, and why. A bound, not a forecast.
    """
    async with opened.db.transaction() as tx:
        return await review_together(tx)


@router.get("/schema")
async def show_schema() -> dict[str, Any]:
    """The JSON Schema of the journey language, for editors. Needs no key."""
    return journey_schema()


@router.get("/schema/model")
async def show_model_schema() -> dict[str, Any]:
    """The JSON Schema of the model files of `sojourn simulate`, for editors. Needs no key."""
    return model_schema()


@router.post("/publish", dependencies=[Depends(sound_json)], responses=documented(404))
async def publish_together(which: PublishingTogether, opened: Open, key: AdminKey) -> Page[publishing.Published]:
    """Publishes the drafts of several journeys in one moment, all or none: for new ones that start each other in a circle."""
    async with opened.db.transaction() as tx:
        published = await publishing.publish_together(
            tx, which.journeys, channels=channels_with_provider(opened.settings), actor=key.prefix
        )
    await end_runs(opened.db)
    return Page(items=tuple(published))


@router.put("/{journey}", openapi_extra=_BODY)
async def put_draft(journey: JourneyName, request: Request, opened: Open, key: AdminKey) -> publishing.Draft:
    """Stores a draft. Nothing that runs changes until it is published; `problems` say what would keep it from that."""
    source = await text_of(request, publishing.MAX_SOURCE)
    async with opened.db.transaction() as tx:
        return await publishing.save_draft(
            tx, journey, source, channels=channels_with_provider(opened.settings), actor=key.prefix
        )


@router.post("/{journey}/validate", openapi_extra=_BODY)
async def validate(journey: JourneyName, request: Request, opened: Open, _: AdminKey) -> publishing.Draft:
    """Checks a text, or the stored draft when the body is empty, and stores nothing."""
    source = await text_of(request, publishing.MAX_SOURCE)
    async with opened.db.transaction() as tx:
        source = source or await _newest_source(tx, journey)
        return await publishing.check(tx, journey, source, channels=channels_with_provider(opened.settings))


@router.post("/{journey}/publish", dependencies=[Depends(sound_json)])
async def publish(
    journey: JourneyName, opened: Open, key: AdminKey, how: Publishing | None = None
) -> publishing.Published:
    """Makes the draft the version that new entrants take. The same twice is one version; runs under way keep theirs.

    With `shadow` it runs beside the live version on the same events: it decides everything and hands nothing over. Publishing
    the same text without `shadow` afterwards makes that version live; publishing any ends the shadow.
    """
    make = shadowing.publish_shadow if how is not None and how.shadow else publishing.publish
    async with opened.db.transaction() as tx:
        published = await make(tx, journey, channels=channels_with_provider(opened.settings), actor=key.prefix)
    await end_runs(opened.db)
    return published


@router.post("/{journey}/archive")
async def archive(journey: JourneyName, opened: Open, key: AdminKey) -> JourneyDetail:
    """Nobody enters any more; runs under way go on to their end. Publishing it again brings it back."""
    async with opened.db.transaction() as tx:
        await publishing.archive(tx, journey, actor=key.prefix)
    return await show(journey, opened, key)


@router.get("/{journey}")
async def show(
    journey: JourneyName,
    opened: Open,
    _: AdminKey,
    version: Annotated[
        int | None, Query(ge=1, description="Which version; by default the live one, else the draft.")
    ] = None,
) -> JourneyDetail:
    """A journey with its text, its versions and its draft."""
    async with opened.db.transaction() as tx:
        stored = await journeys.find(tx, journey)
        if stored is None:
            raise _unknown(journey)
        number = version or stored.live_version
        shown = await journeys.version(tx, journey, number) if number else None
        if number and shown is None:
            raise NotFound(f"The journey {journey} has no version {number}.")
        source = shown.source if shown else stored.draft or ""
        return JourneyDetail(
            journey=journey,
            title=stored.title,
            status=stored.status,
            live_version=stored.live_version,
            shadow_version=stored.shadow_version,
            draft=stored.draft,
            version=number,
            source=source,
            document=publishing.read_one(journey, source),
            versions=tuple(await journeys.versions(tx, journey)),
            runs=(await journeys.run_counts(tx, journey)).get(journey, {}),
        )


async def _newest_source(tx: Transaction, journey: str) -> str:
    stored = await journeys.find(tx, journey)
    live = await journeys.version(tx, journey, stored.live_version) if stored and stored.live_version else None
    source = stored.draft if stored and stored.draft is not None else live.source if live else None
    if source is None:
        raise _unknown(journey)
    return source


def _unknown(journey: str) -> NotFound:
    return NotFound(
        f"There is no journey {journey}. `GET /v1/journeys` lists those that exist.", code="unknown_journey"
    )
