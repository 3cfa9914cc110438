"""A rendered message as the bytes that go over the wire: text and HTML, attachments, ASCII only."""

import re
from binascii import b2a_qp
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from email_validator import EmailNotValidError, validate_email

from channels.protocol import Outgoing
from domain.errors import InvalidInput

_POLICY = SMTP.clone(cte_type="7bit")
_LINE_BREAKS = re.compile(r"[\r\n\0]+")
_OWN = frozenset(("from", "to", "subject", "message-id", "reply-to", "mime-version", "content-type"))


def mailbox(text: str) -> Address:
    """`Name <a@b>` or `a@b`, with the domain in ASCII (IDNA 2008). Raises InvalidInput, which does not repeat it.

    An address with other than ASCII letters before the @ needs SMTPUTF8 on the whole way, and is refused.
    """
    name, address = parseaddr(_LINE_BREAKS.sub(" ", text))
    try:
        known = validate_email(address, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InvalidInput("This is not an address that plain SMTP can carry.", code="address_invalid") from error
    return Address(display_name=name, addr_spec=f"{known.local_part}@{known.ascii_domain}")


def message_id(message: Outgoing, sender: Address) -> str:
    """The Message-ID: the same for every attempt, so that a mail handed over twice is one mail to its reader."""
    return f"<{message.message_id}@{sender.domain}>"


def build(message: Outgoing, sender: Address, recipient: Address, now: datetime) -> bytes:
    """The mail. Line breaks in headers become spaces: no value can add a header of its own. Raises InvalidInput."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = _line(message.subject or "")
    mail["Date"] = message.headers.get("Date") or format_datetime(now)
    mail["Message-ID"] = message_id(message, sender)
    if message.reply_to:
        mail["Reply-To"] = mailbox(message.reply_to)
    for name, value in message.headers.items():
        if name.lower() not in _OWN and name != "Date":
            mail[name] = _line(value)
    _fill(mail, message)
    return mail.as_bytes()


def _fill(mail: EmailMessage, message: Outgoing) -> None:
    """text, or alternative(text, html), or mixed(that, attachments). Boundaries follow from the message's id."""
    body = _alternative(message) if message.html is not None else _part(message.text, "plain")
    if not message.attachments:
        outer = body
    else:
        outer = EmailMessage(policy=_POLICY)
        outer["Content-Type"] = f'multipart/mixed; boundary="{_boundary(message, "mixed")}"'
        outer.set_payload([body, *(_attachment(*attachment) for attachment in message.attachments)])
    mail["MIME-Version"] = "1.0"
    for name, value in outer.items():
        mail[name] = value
    mail.set_payload(outer.get_payload())


def _alternative(message: Outgoing) -> EmailMessage:
    both = EmailMessage(policy=_POLICY)
    both["Content-Type"] = f'multipart/alternative; boundary="{_boundary(message, "alternative")}"'
    both.set_payload([_part(message.text, "plain"), _part(message.html or "", "html")])
    return both


def _part(text: str, subtype: str) -> EmailMessage:
    """A text part. binascii encodes a page in a tenth of the time that the email package needs."""
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    lines = "\n".join(text.splitlines()) + "\n"
    part.set_payload(b2a_qp(lines.encode("utf-8", "replace"), istext=True).decode("ascii"))
    return part


def _attachment(name: str, media_type: str, content: bytes) -> EmailMessage:
    maintype, _, subtype = media_type.partition("/")
    part = EmailMessage(policy=_POLICY)
    part.set_content(content, maintype, subtype, cte="base64", filename=_line(name))
    return part


def _boundary(message: Outgoing, kind: str) -> str:
    return f"=_{kind}_{message.message_id}"


def _line(text: str) -> str:
    return _LINE_BREAKS.sub(" ", text).strip()
