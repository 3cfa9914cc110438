"""Bounces and complaints: whoever receives the mail to our return path hands it over here, as it came."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import JsonValue

from api.admin.texts import text_request
from api.auth import AdminKey
from api.dependencies import Open
from api.events.body import read_body
from api.limits import LARGEST_BODY
from channels.email_reports import MailReport, read_report
from domain.frozen import Frozen
from store.database import Transaction
from store.event import inbox
from store.message import provider_reports, reactions

router = APIRouter(prefix="/v1/mail", tags=["callbacks"])

_EXAMPLE = """From: <>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Action: failed
Status: 5.1.1
…
"""
_BODY = text_request("The mail, with all its headers.", {"message/rfc822": _EXAMPLE})


class Read(Frozen):
    """What the mail said and about which message. `nothing`: it is no report, or not about a message of ours."""

    outcome: Literal["delivered", "bounced", "complained", "nothing"]
    message: UUID | None = None
    permanent: bool = False


@router.post("/reports", openapi_extra=_BODY)
async def report(request: Request, opened: Open, _: AdminKey) -> Read:
    """Reads a bounce (RFC 3464) or a complaint (RFC 5965). A dead address, and one that complains, gets no more mail.

    The same report twice changes nothing more. An event key is not enough: it stands in web pages, and this ends runs.
    """
    found = read_report(await read_body(request, LARGEST_BODY))
    if found is None:
        return Read(outcome="nothing")
    async with opened.db.transaction() as tx:
        is_known = await _record(tx, found)
    if not is_known:
        return Read(outcome="nothing")
    await inbox.notify(opened.db)
    return Read(outcome=found.fared, message=found.message, permanent=found.is_permanent)


async def _record(tx: Transaction, found: MailReport) -> bool:
    now = datetime.now(UTC)
    known = await provider_reports.find(tx, message=found.message, channel="email", provider="smtp", provider_id="")
    if known is None:
        return False
    await provider_reports.confirm(tx, known.id, provider="smtp", provider_id=found.message_id, final=True, at=now)
    proof: dict[str, JsonValue] = {"code": found.code, "reason": found.reason, "permanent": found.is_permanent}
    return await reactions.record(tx, known.id, found.fared, at=now, proof=proof)
