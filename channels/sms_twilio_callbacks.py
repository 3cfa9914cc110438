"""What Twilio tells us: how a message fared, and what people write back.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status and …/guides/webhook-request
"""

from collections.abc import Mapping
from typing import Literal

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from domain.frozen import Frozen

SIGNATURE = "X-Twilio-Signature"

_FARED: dict[str, Literal["taken", "delivered", "failed"]] = {
    "accepted": "taken",
    "queued": "taken",
    "sending": "taken",
    "sent": "taken",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}
_DEAD = frozenset({"21211", "21217", "21614", "30005", "30006"})
"""Error codes after which the number will never take a message: not a number, no mobile, unknown, a landline."""
_STOPPED_BEFORE = "21610"

_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "stop all", "opt out",
                   "退订", "退訂", "取消订阅", "取消訂閱", "td"})  # fmt: skip
_START = frozenset({"start", "yes", "unstop", "subscribe", "恢复订阅", "恢復訂閱"})
"""Twilio's default keywords (https://help.twilio.com/articles/223134027), `subscribe`, and the usual Chinese ones."""


class StatusReport(Frozen):
    """`fared`: taken by Twilio, delivered to the phone, or failed for good. `is_dead`: the number takes no messages."""

    provider_id: str
    fared: Literal["taken", "delivered", "failed"]
    status: str
    code: str = ""
    is_dead: bool = False
    is_stopped: bool = False


class Inbound(Frozen):
    """A text from a phone. `wish`: the sender wants no more messages, or wants them again."""

    provider_id: str
    sender: str
    to: str
    text: str
    wish: Literal["stop", "start"] | None = None


def is_genuine(auth_token: str, url: str, form: Mapping[str, str], signature: str) -> bool:
    """Whether Twilio signed this request to `url` (the address that Twilio called, with its query)."""
    return bool(auth_token and RequestValidator(auth_token).validate(url, dict(form), signature))


def read_status(form: Mapping[str, str]) -> StatusReport | None:
    """The report in a status call-back, or None where it says nothing that we keep."""
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    sid = form.get("MessageSid") or form.get("SmsSid")
    fared = _FARED.get(status)
    if not sid or fared is None:
        return None
    code = form.get("ErrorCode", "")
    return StatusReport(
        provider_id=sid,
        fared=fared,
        status=status,
        code=code,
        is_dead=code in _DEAD,
        is_stopped=code == _STOPPED_BEFORE,
    )


def read_inbound(form: Mapping[str, str]) -> Inbound | None:
    """The message in an inbound call-back, or None if it is not one. Twilio's own verdict (`OptOutType`) goes first."""
    sid, sender = form.get("MessageSid"), form.get("From")
    if not sid or not sender:
        return None
    text = form.get("Body", "")
    said = form.get("OptOutType", "").lower() or text.strip().rstrip(".!。！").casefold()
    wish: Literal["stop", "start"] | None = "stop" if said in _STOP else "start" if said in _START else None
    return Inbound(provider_id=sid, sender=sender, to=form.get("To", ""), text=text, wish=wish)
