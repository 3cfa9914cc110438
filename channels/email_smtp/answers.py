"""What an SMTP server's answer means for the message (RFC 5321, 4.2; enhanced codes of RFC 3463)."""

import re
import ssl
from datetime import timedelta

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from channels.protocol import Answer, Misconfigured, Refused, Released

BUSY = timedelta(seconds=60)
"""How long to leave a server alone that says it cannot take mail now."""

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>]*@[^\s<>]*")
_DEAD = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"))
"""No such mailbox, no such domain, bad syntax, moved, null MX, disabled: writing again will not help."""

_DEAD_PLAIN = frozenset((550, 551, 553))
_UNAUTHENTICATED = frozenset((530, 535, 538))


def words(text: str) -> str:
    """The server's words without addresses, which must not get into logs and histories (semantics 26)."""
    return _ADDRESS.sub("<address>", " ".join(text.split()))[:200]


def to_connecting(error: Exception) -> Answer:
    """What a failure to connect, to secure the connection or to log in means."""
    cause = error.__cause__ or error
    if isinstance(error, ssl.SSLError) or isinstance(cause, ssl.SSLError | ssl.CertificateError):
        return Misconfigured(
            code="tls_failed", reason=f"The mail server's TLS is not acceptable: {type(cause).__name__}."
        )
    if isinstance(error, SMTPAuthenticationError) and error.code >= 500:
        return Misconfigured(
            code="authentication_refused", reason=f"The mail server refuses our account: {error.code}."
        )
    if isinstance(error, SMTPResponseException):
        if error.code < 500:
            return Released(code=str(error.code), reason=words(error.message), retry_after=BUSY)
        return Misconfigured(
            code="server_refuses", reason=f"The mail server refuses us: {error.code} {words(error.message)}"
        )
    if isinstance(error, SMTPConnectError | SMTPServerDisconnected | SMTPTimeoutError | OSError):
        return Released(code="unreachable", reason="The mail server cannot be reached.")
    if isinstance(error, SMTPException):
        return Misconfigured(code="not_supported", reason=words(error.message))
    raise error


def to_sender(code: int, text: str) -> Answer:
    """An answer to MAIL that is not yes."""
    if code < 500:
        return Released(code=str(code), reason=words(text), retry_after=BUSY)
    if code in _UNAUTHENTICATED:
        return Misconfigured(code="authentication_refused", reason=f"The mail server wants an account: {code}.")
    return Misconfigured(code="sender_refused", reason=f"The mail server refuses our sender: {code} {words(text)}")


def to_recipient(code: int, text: str) -> Answer:
    """An answer to RCPT that is not yes. An enhanced code says more than the plain one, where there is one."""
    if code < 500:
        return Released(code=str(code), reason=words(text), retry_after=BUSY)
    if code in _UNAUTHENTICATED:
        return Misconfigured(code="authentication_refused", reason=f"The mail server wants an account: {code}.")
    enhanced = _ENHANCED.search(text)
    is_dead = enhanced[1] in _DEAD if enhanced else code in _DEAD_PLAIN
    return Refused(code=enhanced[1] if enhanced else str(code), reason=words(text), address_is_dead=is_dead)


def to_content(code: int, text: str) -> Answer:
    """An answer to DATA, or to the mail itself, that is not yes."""
    if code < 500:
        return Released(code=str(code), reason=words(text), retry_after=BUSY)
    enhanced = _ENHANCED.search(text)
    return Refused(code=enhanced[1] if enhanced else str(code), reason=words(text))
