"""A rendered message as the bytes that go over the wire: text and HTML, attachments, ASCII only."""

import re
from binascii import b2a_qp
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from channels.protocol import Outgoing
from domain.errors import InvalidInput

_POLICY = SMTP.clone(cte_type="7bit")
_LINE_BREAKS = re.compile("[\r\n\0\v\f\x1c-\x1e\x85\u2028\u2029]+")
_WORDS = re.compile(r"(?= [^ ])")
_OWN = frozenset(("from", "to", "subject", "message-id", "reply-to", "mime-version", "content-type"))


@lru_cache(maxsize=256)
def mailbox(text: str) -> Address:
    """`Name <a@b>` or `a@b`, with the domain in ASCII (IDNA 2008). Raises InvalidInput, which does not repeat it.

    An address with other than ASCII letters before the @ needs SMTPUTF8 on the whole way, and is refused.
    """
    name, address = parseaddr(_LINE_BREAKS.sub(" ", text))
    try:
        if address not in text:  # put together from pieces: `a@b.test Bcc: …` would be read as a@b.testBcc
            raise EmailNotValidError
        known = validate_email(address, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InvalidInput("This is not an address that plain SMTP can carry.", code="address_invalid") from error
    return Address(display_name=name, addr_spec=f"{known.local_part}@{known.ascii_domain}")


def message_id(message: Outgoing, sender: Address) -> str:
    """The Message-ID: the same for every attempt, so that a mail handed over twice is one mail to its reader."""
    return f"<{message.message_id}@{sender.domain}>"


def build(message: Outgoing, sender: Address, recipient: Address, now: datetime) -> bytes:
    """The mail. Line breaks in headers become spaces: no value can add a header of its own. Raises InvalidInput."""
    headers: list[tuple[str, str | Address]] = [
        ("From", sender),
        ("To", recipient),
        ("Subject", _line(message.subject or "")),
        ("Date", _line(message.headers.get("Date") or format_datetime(now))),
        ("Message-ID", message_id(message, sender)),
    ]
    if message.reply_to:
        headers.append(("Reply-To", mailbox(message.reply_to)))
    headers += [
        (name, _line(value)) for name, value in message.headers.items() if name.lower() not in _OWN and name != "Date"
    ]
    return b"".join((*(_header(name, value) for name, value in headers), b"MIME-Version: 1.0\r\n", _content(message)))


def _content(message: Outgoing) -> bytes:
    """text, or alternative(text, html), or mixed(that, attachments): its headers, an empty line, the body."""
    body = _part(message.text, "plain")
    if message.html is not None:
        body = _several("alternative", [body, _part(message.html, "html")])
    if message.attachments:
        body = _several("mixed", [body, *(_attachment(*attachment) for attachment in message.attachments)])
    return body


def _header(name: str, value: str | Address) -> bytes:
    """One header. The email package's own way takes fifty times as long, and encodes a word that is too long for a line, such
    as the address in List-Unsubscribe, so that nobody can read it (RFC 2369 knows no encoding).
    """
    line = f"{name}: {value}"
    if line.isascii() and line.isprintable() and "=?" not in line:
        return f"{_folded(line)}\r\n".encode()
    return f"{name}: {_encoded(name, value)}\r\n".encode()


def _encoded(name: str, value: str | Address) -> str:
    """As encoded words (RFC 2047). A value that looks like one is encoded too: decoded, it could hold a line break."""
    if isinstance(value, Address):
        return f"{_encoded(name, value.display_name)}\r\n <{value.addr_spec}>"
    return Header(value, "utf-8", maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _folded(line: str) -> str:
    """Broken before spaces where it is longer than 76 letters; a longer word stays whole (RFC 5322, 2.1.1 and 2.2.3)."""
    name, *words = _WORDS.split(line)
    lines = [name + words[0]] if words else [name]
    for word in words[1:]:
        if len(lines[-1]) + len(word) <= 76:
            lines[-1] += word
        else:
            lines.append(word)
    return "\r\n".join(lines)


def _several(kind: str, parts: list[bytes]) -> bytes:
    """A multipart body. `=_` stands in no part: quoted-printable writes `=` as `=3D`, and base64 has no `_` (RFC 2045, 6.7)."""
    between = f"--=_{kind}".encode()
    inner = b"".join(between + b"\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=_{kind}"\r\n\r\n'.encode() + inner + between + b"--\r\n"


def _part(text: str, subtype: str) -> bytes:
    """A text part. binascii encodes a page in a tenth of the time that the email package needs."""
    lines = "\n".join(text.splitlines()) + "\n"
    encoded = b2a_qp(lines.encode("utf-8", "replace"), istext=True).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + encoded


def _attachment(name: str, media_type: str, content: bytes) -> bytes:
    maintype, _, subtype = media_type.partition("/")
    part = EmailMessage(policy=_POLICY)
    part.set_content(content, maintype, subtype, cte="base64", filename=_line(name))
    del part["MIME-Version"]
    return part.as_bytes()


def _line(text: str) -> str:
    return _LINE_BREAKS.sub(" ", text).strip()
