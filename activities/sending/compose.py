"""One message for one customer: the newest template in their language, rendered, with its headers (semantics 10)."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from activities.desk import Desk
from channels.protocol import Outgoing
from content.contexts import context_of
from content.ics import invite
from content.links import Tracking
from content.templates import Rendered, render
from domain.calendar import zone_of
from domain.errors import Defect
from domain.ids import MessageId
from domain.program import Send
from domain.rules.facts import Facts

CALLBACK_PATH = "/callbacks/twilio/status"


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready for its channel, and what the ledger keeps of it."""

    outgoing: Outgoing
    template_version: int
    locale: str
    content_hash: str


async def compose(desk: Desk, step: Send, channel: str, address: str, message: MessageId) -> Composed:
    """Renders the step's template. Raises Defect when it does not exist or cannot be rendered for this customer."""
    facts = await desk.facts()
    locale = str(facts.attributes.get("locale") or desk.account.locale)
    template = await desk.resources.templates.find(desk.tx, channel, step.template, locale, revision=desk.run.revision)
    if template is None:
        raise Defect(f"There is no template {channel}/{step.template}.", code="template_missing")
    zone, _ = zone_of(facts.attributes, desk.account)
    signer = desk.resources.signer
    unsubscribe = signer.unsubscribe(message)
    tracking = Tracking(signer, message, step.utm)
    context = context_of(
        step,
        facts,
        desk.account,
        at=desk.at,
        locale=template.locale,
        unsubscribe_url=unsubscribe,
        tracking=tracking,
    )
    rendered = render(template.compiled, context)
    outgoing = Outgoing(
        message_id=str(message),
        to=address,
        sender=step.sender or rendered.sender or _sender(desk, channel),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        reply_to=step.reply_to or rendered.reply_to or desk.account.reply_to,
        headers=_unsubscribe_headers(unsubscribe) if channel == "email" and step.purpose == "marketing" else {},
        attachments=_attachments(step, facts, rendered, message, zone),
        callback_url=f"{desk.resources.public_url}{CALLBACK_PATH}/{message}",
    )
    return Composed(outgoing, template.version, template.locale, rendered.content_hash)


def _sender(desk: Desk, channel: str) -> str:
    return desk.account.sender_email if channel == "email" else desk.account.sender_phone


def _unsubscribe_headers(url: str) -> dict[str, str]:
    """One-click unsubscribing: RFC 2369 and RFC 8058."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _attachments(
    step: Send, facts: Facts, rendered: Rendered, message: MessageId, zone: ZoneInfo
) -> tuple[tuple[str, str, bytes], ...]:
    if step.attach != "ics":
        return ()
    event: dict[str, JsonValue] = dict(facts.event)
    return (
        ("invite.ics", "text/calendar", invite(event, uid=str(message), summary=rendered.subject or "", zone=zone)),
    )
