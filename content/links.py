"""Links that report back: signed redirects, the open pixel, the unsubscribe page. A token that we did not sign is nothing."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from itsdangerous import BadSignature
from itsdangerous import Signer as Signature

MAX_TARGET = 2_000
"""Longer targets stay as they are: with the token they would not fit into what servers take as a request line."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_WEB = ("http:", "https:")
_HARMLESS = frozenset(("http", "https", "mailto", "tel", "sms"))
_INVISIBLE = re.compile(r"[\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class Click:
    """What a click token says. `link` is the name the author gave the link, else the target."""

    message_id: UUID
    target: str
    link: str


class Signer:
    """Writes and reads the public URLs of messages. `public_url` is where `api/tracking` is reached from outside.

    Tokens hold the message's id and, for clicks, the target: following a link needs no look-up, and there is no
    redirect to a target that we did not sign. `retired` are former secrets whose links still work.
    """

    def __init__(self, secret: str, public_url: str, *, retired: Sequence[str] = ()) -> None:
        self.public_url = public_url.rstrip("/")
        secrets = [*retired, secret]
        self._click, self._open, self._unsubscribe = (
            Signature(secrets, salt=f"sojourn.{kind}", digest_method=sha256)
            for kind in ("click", "open", "unsubscribe")
        )

    def click(self, message_id: UUID, target: str, name: str = "") -> str:
        """The redirect to `target` that counts as a click on `name`."""
        payload = message_id.bytes + f"{name}\0{target}".encode()
        return f"{self.public_url}/c/{_write(self._click, payload)}"

    def open(self, message_id: UUID) -> str:
        """The picture whose loading counts as an open."""
        return f"{self.public_url}/o/{_write(self._open, message_id.bytes)}.gif"

    def unsubscribe(self, message_id: UUID) -> str:
        """The page, and the RFC 8058 one-click target, on which the recipient can leave."""
        return f"{self.public_url}/u/{_write(self._unsubscribe, message_id.bytes)}"

    def is_ours(self, url: str) -> bool:
        """Does the URL already lead to one of these three?"""
        return url.startswith((f"{self.public_url}/c/", f"{self.public_url}/o/", f"{self.public_url}/u/"))

    def read_click(self, token: str) -> Click | None:
        """What was signed, or None for anything that was not."""
        payload = _read(self._click, token)
        name, zero, target = payload[16:].decode().partition("\0") if payload else ("", "", "")
        return Click(UUID(bytes=payload[:16]), target, name or target) if payload and zero else None

    def read_open(self, token: str) -> UUID | None:
        """The message whose pixel it is, or None for anything that was not signed."""
        payload = _read(self._open, token.removesuffix(".gif"))
        return UUID(bytes=payload) if payload and len(payload) == 16 else None

    def read_unsubscribe(self, token: str) -> UUID | None:
        """The message that is left, or None for anything that was not signed."""
        payload = _read(self._unsubscribe, token)
        return UUID(bytes=payload) if payload and len(payload) == 16 else None


@dataclass(frozen=True, slots=True)
class Tracking:
    """How the links of one message are rewritten. `utm` keys are `source` or `utm_source` and so on."""

    signer: Signer
    message_id: UUID
    utm: Mapping[str, str] = field(default_factory=dict)

    def link(self, target: str, name: str = "") -> str:
        """The URL to write for `target`: a signed redirect for web addresses, the harmless rest as it is."""
        target = safe_target(target)
        if not target.lower().startswith(_WEB) or self.signer.is_ours(target):
            return target
        marked = with_utm(target, tuple(self.utm.items())) if self.utm else target
        name = name or (target if marked != target else "")
        return self.signer.click(self.message_id, marked, name) if len(marked) <= MAX_TARGET else marked

    def pixel(self) -> str:
        return self.signer.open(self.message_id)


def safe_target(target: str) -> str:
    """The URL without control characters and spaces; `#` if its scheme could run something (`javascript:`, `data:` …)."""
    target = _INVISIBLE.sub("", target)
    scheme = _SCHEME.match(target)
    return "#" if scheme and scheme[1].lower() not in _HARMLESS else target


@lru_cache(maxsize=4_096)
def with_utm(target: str, utm: tuple[tuple[str, str], ...]) -> str:
    """The URL with the campaign's parameters in its query; those that it already has stay. What is no URL stays as it is."""
    try:
        parts = urlsplit(target)
    except ValueError:  # a value from data, such as `http://[x`
        return target
    known = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    named = [(key if key.startswith("utm_") else f"utm_{key}", value) for key, value in utm]
    added = urlencode([(key, value) for key, value in named if key not in known])
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, added) if part)))


def _write(signature: Signature, payload: bytes) -> str:
    return signature.sign(urlsafe_b64encode(payload).rstrip(b"=")).decode()


def _read(signature: Signature, token: str) -> bytes | None:
    try:
        text = signature.unsign(token.encode())
        return urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except (BadSignature, Base64Error, UnicodeEncodeError):
        return None
