"""DKIM signatures (RFC 6376; RFC 8463 for Ed25519), relaxed/relaxed, over the whole body."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

from domain.errors import InvalidInput
from domain.frozen import Frozen

SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
    "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
OVERSIGNED = ("from", "to", "subject", "date", "message-id", "reply-to", "list-unsubscribe", "list-unsubscribe-post")
"""Named once more than they occur, so that none can be added behind our back (RFC 6376, 8.15)."""

_SPACE = re.compile(rb"[ \t]+")
_FOLD = re.compile(rb"\r\n(?=[ \t])")


class DkimKey(Frozen):
    """`private_key` is PEM (PKCS#8 or PKCS#1), RSA or Ed25519. Its public half stands at `selector._domainkey.domain`."""

    domain: str
    selector: str
    private_key: SecretStr


class DkimSigner:
    """Signs whole messages with one key. Raises InvalidInput for a key that is none."""

    def __init__(self, key: DkimKey) -> None:
        try:
            private = load_pem_private_key(key.private_key.get_secret_value().encode(), password=None)
        except (ValueError, TypeError) as error:
            raise InvalidInput("The DKIM key is not an unencrypted private key in PEM.", code="dkim_key") from error
        if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
            raise InvalidInput("The DKIM key is neither RSA nor Ed25519.", code="dkim_key")
        self._private = private
        self._algorithm = "rsa-sha256" if isinstance(private, RSAPrivateKey) else "ed25519-sha256"
        self._domain, self._selector = key.domain, key.selector

    def sign(self, message: bytes) -> bytes:
        """The message (CRLF line ends) with a DKIM-Signature header in front."""
        head, _, body = message.partition(b"\r\n\r\n")
        fields = list(_fields(head + b"\r\n"))
        present = [name for name, _ in fields]
        named = [name for name in SIGNED for _ in range(present.count(name))] + list(OVERSIGNED)
        tags = (
            f"v=1; a={self._algorithm}; c=relaxed/relaxed; d={self._domain}; s={self._selector};\r\n"
            f" h={':'.join(named)};\r\n bh={b64encode(sha256(_relaxed_body(body)).digest()).decode()};\r\n b="
        )
        unsigned = b"DKIM-Signature: " + _folded(tags)
        hashed = b"".join(_chosen(fields, named)) + _relaxed_field(unsigned).removesuffix(b"\r\n")
        signature = b64encode(self._signature(hashed)).decode()
        lines = "\r\n ".join(signature[at : at + 70] for at in range(0, len(signature), 70))
        return unsigned + lines.encode() + b"\r\n" + message

    def _signature(self, hashed: bytes) -> bytes:
        if isinstance(self._private, RSAPrivateKey):
            return self._private.sign(hashed, PKCS1v15(), hashes.SHA256())
        return self._private.sign(sha256(hashed).digest())


def _fields(head: bytes) -> Iterator[tuple[str, bytes]]:
    """The header fields with their folded lines, each under its name in lower case."""
    for field in re.split(rb"\r\n(?![ \t])", head.removesuffix(b"\r\n")):
        yield field.partition(b":")[0].strip().lower().decode("ascii", "replace"), field


def _chosen(fields: list[tuple[str, bytes]], named: list[str]) -> Iterator[bytes]:
    """The named fields in canonical form, the last of a name first (RFC 6376, 5.4.2). A name too many gives nothing."""
    left = list(reversed(fields))
    for name in named:
        found = next((field for field in left if field[0] == name), None)
        if found:
            left.remove(found)
            yield _relaxed_field(found[1])


def _relaxed_field(field: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    name, _, value = _FOLD.sub(b"", field).partition(b":")
    return name.strip().lower() + b":" + _SPACE.sub(b" ", value).strip() + b"\r\n"


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4: runs of spaces are one, none at line ends, no empty lines at the end."""
    lines = [_SPACE.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _folded(tags: str) -> bytes:
    """Lines of at most 78 characters where there is a colon to break at."""
    return "\r\n".join(
        re.sub(r"(.{1,74}:)(?=[a-z-])", "\\1\r\n  ", line) if line.startswith(" h=") else line
        for line in tags.split("\r\n")
    ).encode()
