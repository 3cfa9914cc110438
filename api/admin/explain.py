"""Why: the story of a customer, a run or a message, as JSON or as Markdown."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.admin.customers import known_customer
from api.auth import AdminKey
from api.dependencies import Open
from domain.explain import Material, Story, markdown, tell
from store.run import stories

router = APIRouter(prefix="/v1")

MARKDOWN = "text/markdown"
Format = Annotated[
    Literal["json", "markdown"] | None,
    Query(description="By default JSON, or what the Accept header asks for (`text/markdown`)."),
]
_ANSWERS: dict[int | str, dict[str, object]] = {
    200: {
        "model": Story,
        "content": {
            MARKDOWN: {"example": "# Ada Lovelace and abandoned-cart\n\n**Has entered abandoned-cart once. …**\n"}
        },
    }
}


@router.get("/customers/{customer}/explain", tags=["customers"], responses=_ANSWERS)
async def explain_customer(
    customer: UUID,
    request: Request,
    opened: Open,
    _: AdminKey,
    journey: Annotated[str | None, Query(max_length=100, description="Only this journey, and why not.")] = None,
    format: Format = None,
) -> Response:
    """What this customer got and did not get, and why; with `journey`, also why they never entered it."""
    async with opened.db.transaction() as tx:
        person = await known_customer(tx, customer)
        material = await stories.of_customer(tx, person, journey, now=datetime.now(UTC))
    return _answer(request, material, format)


@router.get("/runs/{run}/explain", tags=["runs"], responses=_ANSWERS)
async def explain_run(run: UUID, request: Request, opened: Open, _: AdminKey, format: Format = None) -> Response:
    """Every decision of one run, with the values it was made on."""
    async with opened.db.transaction() as tx:
        material = await stories.of_run(tx, run, now=datetime.now(UTC))
    return _answer(request, material, format)


@router.get("/messages/{message}/explain", tags=["messages"], responses=_ANSWERS)
async def explain_message(
    message: UUID, request: Request, opened: Open, _: AdminKey, format: Format = None
) -> Response:
    """What led to a message, each check it passed, and what came of it."""
    async with opened.db.transaction() as tx:
        material = await stories.of_message(tx, message, now=datetime.now(UTC))
    return _answer(request, material, format)


def _answer(request: Request, material: Material, wanted: str | None) -> Response:
    story = tell(material)
    if wanted == "markdown" or (wanted is None and MARKDOWN in request.headers.get("accept", "")):
        return PlainTextResponse(markdown(story), media_type=MARKDOWN)
    return Response(story.model_dump_json(), media_type="application/json")
