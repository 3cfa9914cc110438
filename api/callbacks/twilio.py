"""Twilio's call-backs: status reports and inbound texts. Only what Twilio has signed is heard."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import JsonValue

from api.dependencies import Open
from api.events.body import read_body
from api.problems import Refusal, documented
from channels.sms_twilio_callbacks import SIGNATURE, StatusReport, is_genuine, read_inbound, read_status
from runtime.resources import Resources
from store.database import Transaction
from store.event import inbox
from store.message import provider_reports, reactions, texting
from store.permission import STOPPED, suppress

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/callbacks/twilio", tags=["callbacks"])

MAX_BODY = 64 * 1024
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""No answer to the sender: Twilio itself confirms STOP and START."""


def _takes(**example: str) -> dict[str, Any]:
    form = {"schema": {"type": "object", "additionalProperties": {"type": "string"}}, "example": example}
    return {
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": form}},
        "parameters": [{"name": SIGNATURE, "in": "header", "required": True, "schema": {"type": "string"}}],
    }


_REFUSED = documented(403)
_STATUS = _takes(MessageSid="SM" + "0" * 32, MessageStatus="delivered")
_INBOUND = _takes(MessageSid="SM" + "0" * 32, From="+14155552671", To="+15005550006", Body="STOP")


@router.post("/status/{message_id}", status_code=204, openapi_extra=_STATUS, responses=_REFUSED)
async def status(message_id: UUID, request: Request, resources: Open) -> Response:
    """How a message fares. The URL names the message, so a report may come before we know Twilio's id for it."""
    return await _status(message_id, request, resources)


@router.post("/status", status_code=204, openapi_extra=_STATUS, responses=_REFUSED)
async def status_by_sid(request: Request, resources: Open) -> Response:
    """How a message fares, found by Twilio's id: the status call-back of a messaging service."""
    return await _status(None, request, resources)


@router.post("/inbound", openapi_extra=_INBOUND, responses=_REFUSED)
async def inbound(request: Request, resources: Open) -> Response:
    """A text from a phone: STOP suppresses the number, START takes that back, anything else is a reply."""
    form = await _signed_form(request, resources)
    said = read_inbound(form)
    if said is not None:
        now = datetime.now(UTC)
        proof: dict[str, JsonValue] = {
            "text": said.text.replace("\x00", "")[:1600],
            "provider": "twilio",
            "provider_id": said.provider_id,
        }
        async with resources.db.transaction() as tx:
            match said.wish:
                case "stop":
                    await texting.stop(tx, said.sender, text_id=said.provider_id, at=now, proof=proof)
                case "start":
                    await texting.start(tx, said.sender, text_id=said.provider_id, at=now, proof=proof)
                case None:
                    await texting.reply(tx, said.sender, at=now, proof=proof)
        await inbox.notify(resources.db)
    return Response(TWIML, media_type="application/xml")


async def _status(message: UUID | None, request: Request, resources: Resources) -> Response:
    report = read_status(await _signed_form(request, resources))
    if report is not None:
        async with resources.db.transaction() as tx:
            is_known = await _record(tx, message, report)
        if is_known:
            await inbox.notify(resources.db)
        else:
            log.warning("callback_without_message", provider="twilio", status=report.status)
    return Response(status_code=204)


async def _record(tx: Transaction, message: UUID | None, report: StatusReport) -> bool:
    """Writes the report. Reports come more than once and in any order: only news changes anything."""
    now = datetime.now(UTC)
    found = await provider_reports.find(
        tx, message=message, channel="sms", provider="twilio", provider_id=report.provider_id
    )
    if found is None:
        return False
    is_final = report.fared != "taken"
    await provider_reports.confirm(
        tx, found.id, provider="twilio", provider_id=report.provider_id, final=is_final, at=now
    )
    if report.fared == "delivered":
        await reactions.record(tx, found.id, "delivered", at=now)
    if report.fared == "failed":
        proof: dict[str, JsonValue] = {"code": report.code, "status": report.status, "permanent": report.is_dead}
        await reactions.record(tx, found.id, "bounced", at=now, proof=proof)
    if report.is_stopped:
        await suppress(tx, "sms", found.address, reason=STOPPED, at=now, source="twilio", customer_id=found.customer_id)
    return True


async def _signed_form(request: Request, resources: Resources) -> dict[str, str]:
    """The form, if Twilio's signature fits it and the public URL that Twilio called. Raises Refusal (403)."""
    settings = resources.settings
    body = await read_body(request, MAX_BODY)
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{settings.link_url}{request.url.path}{query}"
    token = settings.twilio_auth_token.get_secret_value()
    if not is_genuine(token, url, form, request.headers.get(SIGNATURE, "")):
        raise Refusal(
            403,
            "The signature is not Twilio's for this address. Check SOJOURN_TWILIO_AUTH_TOKEN and SOJOURN_PUBLIC_URL.",
            code="bad_signature",
        )
    return form
