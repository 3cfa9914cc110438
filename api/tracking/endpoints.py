"""GET /o/<token>.gif counts an open, GET /c/<token> a click; GET /u/<token> asks, POST /u/<token> unsubscribes."""

from base64 import b64decode
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.dependencies import Open
from api.tracking import pages
from api.tracking.languages import language_of
from content.links import Signer
from domain.reactions import is_machine
from runtime.resources import Resources
from store.event import inbox
from store.message import reactions, recipients
from store.outages import OUTAGES

log = structlog.get_logger(__name__)
router = APIRouter(tags=["tracking"])

_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_MAX_FORM = 4_096
_UNSEEN = {
    "Cache-Control": "no-store, max-age=0",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


_INVALID: dict[int | str, dict[str, Any]] = {
    404: {"description": "A link that we did not sign, or whose message is gone", "content": {"text/html": {}}}
}


_NO_PICTURE: dict[int | str, dict[str, Any]] = {404: {"description": "A picture that we did not sign"}}


class _Picture(Response):
    media_type = "image/gif"


Languages = Annotated[str, Header(alias="Accept-Language", description="For people without a locale that we speak.")]


@router.head("/o/{token}.gif", include_in_schema=False)
@router.get("/o/{token}.gif", operation_id="open", response_class=_Picture, responses=_NO_PICTURE)
async def opened(token: str, request: Request, open_: Open) -> Response:
    """The open pixel. Machines are told apart and not counted."""
    message = _signer(open_).read_open(token)
    if message is None:
        return Response(status_code=404, headers=_UNSEEN)
    await _count(open_, request, message, "opened", None)
    return _Picture(_PIXEL, headers=_UNSEEN)


@router.head("/c/{token}", include_in_schema=False)
@router.get("/c/{token}", operation_id="click", status_code=302, response_class=RedirectResponse, responses=_INVALID)
async def clicked(token: str, request: Request, open_: Open, languages: Languages = "") -> Response:
    """Counts the click and leads on to what the message was signed with: there is no other way to choose a target."""
    click = _signer(open_).read_click(token)
    if click is None:
        return pages.invalid(language_of(None, languages))
    await _count(open_, request, click.message_id, "clicked", click.link)
    return RedirectResponse(click.target, 302, _UNSEEN)


@router.get("/u/{token}", operation_id="ask_to_unsubscribe", response_class=HTMLResponse, responses=_INVALID)
async def ask(token: str, open_: Open, languages: Languages = "") -> Response:
    """The unsubscribe page. It only asks: mail scanners open links, and must not unsubscribe anybody."""
    message = _signer(open_).read_unsubscribe(token)
    async with open_.db.transaction() as tx:
        recipient = await recipients.find(tx, message) if message else None
        account = await open_.catalog.account(tx)
    if recipient is None:
        return pages.invalid(language_of(None, languages))
    return pages.ask(language_of(recipient.locale, languages), account.name, recipient.channel, recipient.topic)


@router.post("/u/{token}", operation_id="unsubscribe", response_class=HTMLResponse, responses=_INVALID)
async def unsubscribe(token: str, request: Request, open_: Open, languages: Languages = "") -> Response:
    """Unsubscribes: by the page's form, or in one click by the mail program (RFC 8058), which leaves the whole channel.

    It holds for every send from the answer on.
    """
    message = _signer(open_).read_unsubscribe(token)
    form = parse_qs(await _body(request))
    wants_topic_only = form.get("choice") == [pages.TOPIC]
    way = "one_click" if form.get("List-Unsubscribe") == ["One-Click"] else "page"
    async with open_.db.transaction() as tx:
        recipient = await recipients.find(tx, message) if message else None
        if recipient and message:
            proof = {"way": way, "user_agent": request.headers.get("User-Agent", "")[:200]}
            await reactions.record(
                tx, message, "unsubscribed", at=datetime.now(UTC), topic_only=wants_topic_only, proof=proof
            )
    if recipient is None:
        return pages.invalid(language_of(None, languages))
    await inbox.notify(open_.db)
    topic = recipient.topic if wants_topic_only else None
    return pages.done(language_of(recipient.locale, languages), recipient.channel, topic)


async def _count(
    open_: Resources, request: Request, message: UUID, how: Literal["opened", "clicked"], link: str | None
) -> None:
    """Records the reaction. While the database is away it is lost: a reader gets on in any case."""
    now, agent = datetime.now(UTC), request.headers.get("User-Agent", "")
    try:
        async with open_.db.transaction() as tx:
            hit = await reactions.circumstances(
                tx, message, how, method=request.method, user_agent=agent, link=link, at=now
            )
            if hit is None:
                return
            await reactions.record(tx, message, how, at=now, link=link, machine=is_machine(hit))
        await inbox.notify(open_.db)
    except OUTAGES as error:
        log.warning("reaction_lost", how=how, message_id=str(message), error=type(error).__name__)


async def _body(request: Request) -> str:
    """The beginning of the body; mail programs may send it in any encoding, and what matters is short."""
    taken = b""
    async for chunk in request.stream():
        taken += chunk
        if len(taken) >= _MAX_FORM:
            break
    return taken[:_MAX_FORM].decode("ascii", "replace")


def _signer(open_: Resources) -> Signer:
    return _signer_of(open_.settings.secret_key.get_secret_value(), open_.settings.link_url)


@lru_cache(maxsize=4)
def _signer_of(secret: str, public_url: str) -> Signer:
    return Signer(secret, public_url)
