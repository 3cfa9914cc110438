"""SMS by Twilio's Messages API (https://www.twilio.com/docs/messaging/api/message-resource)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import httpx

from channels.protocol import Answer, HandedOver, Misconfigured, Outgoing, Refused, Released, Unknown
from domain.tracing import Taken

BASE_URL = "https://api.twilio.com"

_DEAD = {
    21211: ("invalid_number", "it is not a valid number"),
    21217: ("invalid_number", "it is not a valid number"),
    21610: ("stopped", "the recipient has stopped messages from this sender"),
    21614: ("not_mobile", "it is not a number that takes SMS"),
}
"""Why a number is never used again: the code becomes the suppression's reason, and START lifts `stopped`."""

_OURS = {
    20003: "the credentials were refused",
    20005: "the account is not active",
    20008: "test credentials cannot do this",
    20404: "there is no such account",
    21212: "the sender is not a valid number",
    21602: "the message has no text",
    21603: "no sender is set",
    21606: "the sender is not a number of this account that can send SMS",
    21609: "the address for status call-backs is not one that Twilio can reach",
    21617: "the text is longer than 1600 characters",
    21703: "the messaging service has no sender",
    21705: "there is no such messaging service",
}
_LATER = {
    20429: "too many requests",
    21611: "the sender's queue is full",
    20503: "the service is not available",
}
MOST_LISTED = 200
"""Messages to one number that are looked at; with more since the claim, nobody can tell which of them is which."""

_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def is_sms_sender(text: str) -> bool:
    """Whether SMS can come from it: a number (E.164), a short code, a messaging service (`MG…`) or a name
    (https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id)."""
    return bool(_SENDER.fullmatch(text))


class SmsTwilio:
    """One account. `sender`, a number or a messaging service (`MG…`), is used for all messages; without it their own.

    Twilio takes no idempotency key, so after an unknown answer the message is held (semantics 21) until a status call-back to
    its `callback_url`, Twilio's own list or a person says what became of it.
    """

    medium = "sms"
    provider = "twilio"
    on_unknown: Literal["resend", "hold"] = "hold"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        sender: str = "",
        base_url: str = BASE_URL,
        timeout: timedelta = timedelta(seconds=15),
    ) -> None:
        # The SDK takes a tenth of a second to import; only those who send SMS pay for it.
        from twilio.rest import Client  # type: ignore[import-untyped]

        from channels.sms_twilio_http import TwilioHttp

        self._sender = sender
        self._http = TwilioHttp(base_url or BASE_URL, timeout)
        self._client = Client(account_sid, auth_token, http_client=self._http)

    async def hand_over(self, message: Outgoing) -> Answer:
        """One request to Twilio. Whatever may have been taken although we cannot tell is Unknown."""
        from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]

        from channels.sms_twilio_http import Answered

        sender = self._sender or message.sender
        origin = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}
        callback = {"status_callback": message.callback_url} if message.callback_url else {}
        try:
            taken = await self._client.messages.create_async(to=message.to, body=message.text, **origin, **callback)
        except Answered as answer:
            return _read(answer.status, answer.code, answer.retry_after)
        except _BEFORE_SENDING as error:
            return Released(code="no_connection", reason=f"Twilio could not be reached ({type(error).__name__})")
        except (httpx.HTTPError, TwilioException, ValueError) as error:
            return Unknown(reason=f"no answer of Twilio that can be read ({type(error).__name__})")
        if not taken.sid:
            return Unknown(reason="Twilio's answer has no message id")
        price = abs(float(taken.price)) if taken.price else None
        return HandedOver(provider=self.provider, provider_id=taken.sid, response=str(taken.status), price=price)

    async def listed(self, to: str, since: datetime) -> Sequence[Taken] | None:
        """What Twilio's list has for this number: not by `DateSent`, which a message that still waits there does not have."""
        from twilio.base.exceptions import TwilioException

        from channels.sms_twilio_http import Answered

        try:
            listed = await self._client.messages.list_async(to=to, limit=MOST_LISTED)
        except (Answered, httpx.HTTPError, TwilioException, ValueError):
            return None
        if len(listed) == MOST_LISTED and listed[-1].date_created >= since:
            return None
        ours = [one for one in listed if one.direction != "inbound" and one.date_created >= since]
        return [Taken(provider_id=one.sid, text=one.body) for one in ours]

    async def close(self) -> None:
        await self._http.close()


def _read(status: int, code: int | None, retry_after: timedelta | None) -> Answer:
    """The class of an answer that is not 2xx, by Twilio's error code (https://www.twilio.com/docs/api/errors) and status.

    Our own words stand for Twilio's, which repeat the number.
    """
    name = str(code or status)
    if code in _DEAD:
        cause, words = _DEAD[code]
        return Refused(code=cause, reason=f"{words} (Twilio error {code})", address_is_dead=True)
    if code in _OURS:
        return Misconfigured(code=name, reason=_OURS[code])
    if code in _LATER or status in (429, 503):
        return Released(code=name, reason=_LATER.get(code or 0, f"Twilio answered {status}"), retry_after=retry_after)
    if status in (401, 403, 404) or status < 400:
        return Misconfigured(code=name, reason=f"Twilio answered {status}: check the account and its token")
    if status == 408 or status >= 500:
        return Unknown(reason=f"Twilio answered {status}")
    return Refused(code=name, reason=f"Twilio answered {status}")
