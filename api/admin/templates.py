"""Templates: what is sent, in versions and locales."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api.admin.texts import text_of, text_request
from api.auth import AdminKey
from api.dependencies import Open
from content.templates import compile_template
from domain.errors import Conflict, NotFound
from domain.frozen import Frozen
from domain.program import Program, Send
from domain.records import Page
from domain.template_locales import canonical
from runtime.publishing import MAX_SOURCE
from store.journey import journeys, templates

router = APIRouter(prefix="/v1/templates", tags=["templates"])

Channel = Annotated[
    str, Path(pattern=r"^[a-z][a-z0-9_]*$", max_length=50, description="The channel.", examples=["email"])
]
TemplateName = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=100, description="The template's name.", examples=["welcome"]
    ),
]
Locale = Annotated[
    str,
    Query(
        pattern=r"^([A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*)?$",
        description="A BCP 47 tag such as `de` or `zh-Hant`; empty: the default text.",
    ),
]
_BODY = text_request(
    "Front matter and body: Liquid in MJML, HTML or text.",
    {
        "text/plain": "---\nsubject: Welcome\n---\nHello {{ customer.first_name | default: 'friend' }}, good to have you here.\n"
    },
)


class TemplateText(Frozen):
    """The text of one locale; empty for the default one."""

    locale: str
    source: str


class TemplateDetail(Frozen):
    """A version of a template with the text of every locale."""

    channel: str
    name: str
    version: int
    texts: tuple[TemplateText, ...]


@router.get("")
async def list_templates(
    opened: Open,
    _: AdminKey,
    channel: Annotated[str | None, Query(max_length=50, description="Only of this channel.")] = None,
    archived: Annotated[bool, Query(description="Whether to list archived templates too.")] = False,
) -> Page[templates.TemplateRecord]:
    """Every template with its live version and locales."""
    async with opened.db.transaction() as tx:
        return Page(items=tuple(await templates.records(tx, channel=channel, archived=archived)))


@router.put("/{channel}/{name}", openapi_extra=_BODY)
async def publish(
    channel: Channel, name: TemplateName, request: Request, opened: Open, key: AdminKey, locale: Locale = ""
) -> templates.PublishedTemplate:
    """Checks and publishes a text. Sends that are claimed from now on use it; the same text twice is one version."""
    source = await text_of(request, MAX_SOURCE)
    tag = canonical(locale) if locale else ""
    variant = templates.Variant(source=source, compiled=compile_template(channel, name, source, locale=tag))
    async with opened.db.transaction() as tx:
        return await templates.publish(tx, channel, name, {tag: variant}, actor=key.prefix)


@router.get("/{channel}/{name}")
async def show(
    channel: Channel,
    name: TemplateName,
    opened: Open,
    _: AdminKey,
    version: Annotated[int | None, Query(ge=1, description="Which version; by default the live one.")] = None,
) -> TemplateDetail:
    """The texts of one version."""
    async with opened.db.transaction() as tx:
        found = await templates.show(tx, channel, name, version)
    return TemplateDetail(
        channel=channel,
        name=name,
        version=found[0].version,
        texts=tuple(TemplateText(locale=text.locale, source=text.source) for text in found),
    )


@router.post("/{channel}/{name}/archive")
async def archive(channel: Channel, name: TemplateName, opened: Open, key: AdminKey) -> templates.TemplateRecord:
    """Takes a template out of use. 409 while a live journey sends it; publishing it again brings it back."""
    async with opened.db.transaction() as tx:
        users = [program.journey for program in await journeys.live_programs(tx) if _sends(program, channel, name)]
        if users:
            raise Conflict(
                f"{channel}/{name} is sent by {', '.join(users)}. Publish them without it, or archive them first.",
                code="template_in_use",
            )
        await templates.archive(tx, channel, name, actor=key.prefix)
        found = await templates.records(tx, channel=channel, archived=True)
    record = next((one for one in found if one.name == name), None)
    if record is None:
        raise NotFound(f"There is no template {channel}/{name}.", code="unknown_template")
    return record


def _sends(program: Program, channel: str, name: str) -> bool:
    sends = (step for step in program.steps.values() if isinstance(step, Send))
    return any(send.template == name and channel in send.channels for send in sends)
