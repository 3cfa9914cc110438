"""The codec endpoint of Temporal's Web UI: reads payloads for operators who have shown an admin key.

The UI calls it from its own origin with the browser's credentials, so the key is shown once at `/codec/login` and kept in a
signed cookie for half a day; programs send it as a Bearer token. Only the UI's origin may read the answers. Protocol:
https://docs.temporal.io/production-deployment/data-encryption ("Codec Server").
"""

import base64
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import Field
from temporalio.api.common.v1 import Payload

from api.auth import key_of, secret_of
from api.dependencies import Open, resources_of
from api.events.body import read_body, too_large
from api.problems import Refusal
from domain.errors import InvalidInput
from domain.frozen import Frozen
from runtime.codec import LONGEST, JourneyCodec
from runtime.resources import Resources
from store.access.keys import Scope, digest_of

router = APIRouter(prefix="/codec", tags=["operations"])

COOKIE = "sojourn_codec"
HALF_A_DAY = 12 * 3600
LOGIN_BYTES = 4096

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sojourn: read payloads</title>
<style>
body {{ font: 16px/1.5 system-ui; max-width: 32rem; margin: 4rem auto; padding: 0 1rem }}
input, button {{ font: inherit; padding: .5rem; width: 100%; box-sizing: border-box; margin: .3rem 0 }}
</style>
<h1>Read payloads in Temporal's Web UI</h1>
<p>{said}</p>
<form method="post">
<label>Admin key <input name="key" type="password" autocomplete="off" required></label>
<button>Let this browser read payloads for twelve hours</button>
</form>
</html>"""

_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class EncodedPayload(Frozen):
    """A payload as Temporal's UI sends it: everything in base64."""

    metadata: dict[str, str] = Field(default_factory=dict)
    data: str = ""


class Payloads(Frozen):
    """Callers that write protobuf as JSON leave an empty list out."""

    payloads: tuple[EncodedPayload, ...] = ()


@router.post("/decode", summary="Open payloads for Temporal's Web UI")
async def decode(body: Payloads, request: Request, response: Response, resources: Open) -> Payloads:
    await _authorise(request, resources)
    _allow_origin(response, resources)
    codec, opened, size = _codec(resources), [], 0
    for payload in body.payloads:  # one by one: a few bytes of each may stand for megabytes
        opened += await codec.decode([_read(payload)])
        size += opened[-1].ByteSize()
        if size > LONGEST:
            raise too_large(LONGEST)
    return Payloads(payloads=tuple(_written(payload) for payload in opened))


@router.post("/encode", summary="Seal payloads that Temporal's Web UI sends")
async def encode(body: Payloads, request: Request, response: Response, resources: Open) -> Payloads:
    await _authorise(request, resources)
    _allow_origin(response, resources)
    sealed = await _codec(resources).encode([_read(payload) for payload in body.payloads])
    return Payloads(payloads=tuple(_written(payload) for payload in sealed))


@router.options("/{call}", include_in_schema=False)
async def preflight(call: str, request: Request) -> Response:
    response = Response(status_code=204)
    _allow_origin(response, resources_of(request))
    response.headers["Access-Control-Allow-Methods"] = "POST"
    response.headers["Access-Control-Allow-Headers"] = "authorization, content-type, x-namespace"
    return response


@router.get("/login", include_in_schema=False)
async def login_page() -> HTMLResponse:
    return _page("What journeys are told is compressed, and sealed when a key is set.")


@router.post("/login", include_in_schema=False)
async def login(request: Request, resources: Open) -> HTMLResponse:
    form = parse_qs((await read_body(request, LOGIN_BYTES)).decode("ascii", "replace"))
    key = form.get("key", [""])[0]
    try:
        await key_of(resources, key, Scope.ADMIN)
    except Refusal as refusal:
        return _page(refusal.message, status=refusal.status)
    page = _page("Done: this browser can read payloads in Temporal's Web UI now.")
    is_https = resources.settings.public_url.startswith("https://")
    page.set_cookie(
        COOKIE,
        _signer(resources).dumps(digest_of(key)),
        max_age=HALF_A_DAY,
        httponly=True,
        samesite="lax",
        secure=is_https,
    )
    return page


async def _authorise(request: Request, resources: Resources) -> None:
    if not resources.settings.is_production and resources.settings.encryption_key is None:
        return  # development: compressed is all they are, and who asks has them already
    if not await _has_shown_key(request, resources):
        await key_of(resources, secret_of(request.headers), Scope.ADMIN)


async def _has_shown_key(request: Request, resources: Resources) -> bool:
    """Whether the cookie is ours and the key that it was given for is still good: revoking a key ends this too."""
    try:
        digest = _signer(resources).loads(request.cookies.get(COOKIE, ""), max_age=HALF_A_DAY)
    except BadSignature:
        return False
    key = await resources.keys.find_digest(str(digest))
    return key is not None and key.scope is Scope.ADMIN


def _page(said: str, *, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(said=said), status, _PAGE_HEADERS)


def _signer(resources: Resources) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(resources.settings.secret_key.get_secret_value(), salt="sojourn.codec")


def _allow_origin(response: Response, resources: Resources) -> None:
    response.headers["Access-Control-Allow-Origin"] = resources.settings.ui_origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Vary"] = "Origin"


def _codec(resources: Resources) -> JourneyCodec:
    key = resources.settings.encryption_key
    return JourneyCodec(key.get_secret_value() if key else None)


def _read(payload: EncodedPayload) -> Payload:
    try:
        metadata = {name: base64.b64decode(value, validate=True) for name, value in payload.metadata.items()}
        return Payload(metadata=metadata, data=base64.b64decode(payload.data, validate=True))
    except ValueError:  # base64's own error, and a text that is not ASCII
        raise InvalidInput("A payload is not in base64.") from None


def _written(payload: Payload) -> EncodedPayload:
    return EncodedPayload(
        metadata={name: base64.b64encode(value).decode() for name, value in payload.metadata.items()},
        data=base64.b64encode(payload.data).decode(),
    )
