"""Mail about our mail: bounces as delivery status notifications (RFC 3464), complaints as feedback reports (RFC 5965).

A report is about the message whose Message-ID stands in the copy that it returns; ours begin with the message's own id. The
sender of a mail is not proven, so a report may come from anybody who has seen that id: it can suppress one address, no more.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Literal
from uuid import UUID

from channels.email_smtp.answers import to_recipient, words
from channels.protocol import Refused
from domain.frozen import Frozen

_OURS = re.compile(r"<([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})@[^<>@\s]+>", re.IGNORECASE)
_NO_COMPLAINT = frozenset(("not-spam", "auth-failure"))
"""Taken back (RFC 6430), and a failure of signatures (RFC 6591)."""
_GENERAL = re.compile(r"[245]\.0\.0")
_RETURNED = (
    "message/rfc822",
    "message/rfc822-headers",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
)


class MailReport(Frozen):
    """What became of one mail. `is_permanent`: the address will never take mail; `code` and `reason` name no person."""

    message: UUID
    message_id: str
    fared: Literal["delivered", "bounced", "complained"]
    is_permanent: bool = False
    code: str = ""
    reason: str = ""


def read_report(raw: bytes) -> MailReport | None:
    """The report in a mail; None for any other mail, for a delay, and for one that is not about a message of ours."""
    try:
        parts = list(message_from_bytes(raw, policy=compat32).walk())
    except (RecursionError, ValueError):
        return None
    named = next(_message_ids(parts), None)
    if named is None:
        return None
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            return _complaint(part, named)
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            return _delivery(part, named)
    return None


def _message_ids(parts: list[Message]) -> Iterator[re.Match[str]]:
    """Message-IDs of ours in what is returned. The report's own, which its sender made, does not count."""
    for part in parts:
        if part.get_content_type() not in _RETURNED:
            continue
        returned = [str(one.get("Message-ID", "")) for one in _within(part)] or [_field(_text(part), "message-id")]
        yield from (found for text in returned if (found := _OURS.search(text)))


def _complaint(part: Message, named: re.Match[str]) -> MailReport | None:
    fields = _fields(part)
    kind = fields[0].get("feedback-type", "").strip().lower() if fields else ""
    if kind in _NO_COMPLAINT or not kind:
        return None
    return MailReport(message=UUID(named[1]), message_id=named[0], fared="complained", code=words(kind)[:40])


def _delivery(part: Message, named: re.Match[str]) -> MailReport | None:
    """The first block with an action: a mail of ours has one recipient."""
    for block in _fields(part):
        action, status = block.get("action", "").strip().lower(), block.get("status", "").split()[:1]
        if action == "delivered":
            return MailReport(message=UUID(named[1]), message_id=named[0], fared="delivered")
        if action == "failed":
            said = block.get("diagnostic-code", "").partition(";")[2]
            code = "" if not status or _GENERAL.match(status[0]) else status[0]
            answer = to_recipient(550, f"{code} {said}" if code else said or "5.0.0")
            assert isinstance(answer, Refused), "5yz is a refusal"
            return MailReport(
                message=UUID(named[1]),
                message_id=named[0],
                fared="bounced",
                is_permanent=answer.address_is_dead,
                code=answer.code,
                reason=words(said),
            )
    return None


def _fields(part: Message) -> list[dict[str, str]]:
    """The blocks of fields in a part, names in lower case. Whatever stands there as text is read as fields too."""
    inner = [{name.lower(): " ".join(str(value).split()) for name, value in one.items()} for one in _within(part)]
    if inner:
        return inner
    blocks = re.split(r"\n\s*\n", _text(part))
    return [dict(_split(line) for line in _unfolded(block).splitlines() if ":" in line) for block in blocks]


def _within(part: Message) -> list[Message]:
    """The messages in a part, where the email package has taken it apart."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _field(text: str, name: str) -> str:
    lines = (_split(line) for line in _unfolded(text).splitlines() if ":" in line)
    return next((value for found, value in lines if found == name), "")


def _unfolded(text: str) -> str:
    return re.sub(r"\r?\n[ \t]+", " ", text)


def _split(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
