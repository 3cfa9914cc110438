"""What the double keeps: messages as Twilio's Message resource shows them, and the faults it was told to have."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

from pydantic import Field

from domain.frozen import Frozen

TEST_RECIPIENTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
TEST_SENDERS = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
VALID_SENDER = "+15005550006"
"""The magic numbers of https://www.twilio.com/docs/iam/test-credentials."""

ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    21211: (400, "The 'To' number is not a valid phone number"),
    21212: (400, "The 'From' number is not a valid phone number"),
    21408: (400, "Permission to send an SMS has not been enabled for the region of the 'To' number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' phone number is not a valid, SMS-capable number of your account"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The 'To' phone number is not currently reachable via SMS"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
}


@dataclass
class Sms:
    """One message. `callback` is where its status is reported to."""

    account: str
    sender: str | None
    to: str
    body: str
    direction: Literal["outbound-api", "inbound"] = "outbound-api"
    service: str | None = None
    callback: str | None = None
    status: str = "queued"
    error_code: int | None = None
    price: str | None = None
    sid: str = field(default_factory=lambda: "SM" + secrets.token_hex(16))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def resource(self) -> dict[str, object]:
        """The JSON of https://www.twilio.com/docs/messaging/api/message-resource."""
        path = f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}"
        when = format_datetime(self.created, usegmt=True)
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": when,
            "date_sent": when if self.status in ("sent", "delivered", "undelivered") else None,
            "date_updated": when,
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": self.service,
            "num_media": "0",
            "num_segments": "1",
            "price": self.price,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }


class Fault(Frozen):
    """What goes wrong with the next request. `take`: the message is taken all the same. `hang`: no answer ever comes."""

    status: int = 503
    code: int | None = None
    retry_after: int | None = None
    take: bool = False
    hang: bool = False


class Fate(Frozen):
    """How a phone's messages end, and how often and in which order the call-backs about them come."""

    status: Literal["delivered", "undelivered", "failed", "sent"] = "delivered"
    error_code: int | None = None
    callbacks: Literal["in order", "twice", "reversed", "none"] = "in order"


class Script(Frozen):
    """What a test wants to happen: faults of the next requests in order, and the fates of phones by number."""

    faults: tuple[Fault, ...] = ()
    fates: dict[str, Fate] = Field(default_factory=dict)


def refusal(form: Mapping[str, str], senders: frozenset[str], opted_out: frozenset[str]) -> int | None:
    """The error code with which Twilio would refuse this request, or None."""
    to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    if not to:
        return 21604
    if not sender and not form.get("MessagingServiceSid", ""):
        return 21603
    if not body:
        return 21602
    if len(body) > 1600:
        return 21617
    if sender in TEST_SENDERS:
        return TEST_SENDERS[sender]
    if sender and sender not in senders:
        return 21606
    if not (to.startswith("+") and to[1:].isdigit() and 8 <= len(to) <= 16):
        return 21211
    return TEST_RECIPIENTS.get(to, 21610 if to in opted_out else None)
