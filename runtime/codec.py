"""What Temporal stores of our payloads: always compressed, and sealed with AES-GCM when a key is set.

The format is `encoding: binary/sojourn`: one byte that says how (0 compressed, 1 compressed and sealed), then for sealed ones the
12-byte nonce (NIST SP 800-38D), then the data.
"""

import base64
import os
import zlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from domain.errors import InvalidInput

ENCODING = b"binary/sojourn"
LONGEST = 32 * 1024 * 1024
"""Bytes that one payload may have once it is unpacked; Temporal itself takes 2 MB."""

_COMPRESSED, _SEALED = b"\x00", b"\x01"
_NONCE = 12


class JourneyCodec(PayloadCodec):
    """`key`: 32 bytes in base64. Without it payloads are compressed only; what an earlier key sealed cannot be read then."""

    def __init__(self, key: str | None = None) -> None:
        self._seal = AESGCM(key_bytes(key)) if key else None

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._pack(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Payloads of other encodings pass unchanged. Raises InvalidInput for one that cannot be opened."""
        return [self._unpack(payload) for payload in payloads]

    def _pack(self, payload: Payload) -> Payload:
        data = zlib.compress(payload.SerializeToString(), 1)
        if self._seal is None:
            return Payload(metadata={"encoding": ENCODING}, data=_COMPRESSED + data)
        nonce = os.urandom(_NONCE)
        return Payload(metadata={"encoding": ENCODING}, data=_SEALED + nonce + self._seal.encrypt(nonce, data, None))

    def _unpack(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        how, data = payload.data[:1], payload.data[1:]
        if how == _SEALED:
            if self._seal is None:
                raise InvalidInput("A payload is sealed and SOJOURN_ENCRYPTION_KEY is not set.", code="codec_key")
            try:
                data = self._seal.decrypt(data[:_NONCE], data[_NONCE:], None)
            except (InvalidTag, ValueError):
                raise InvalidInput("A payload was sealed with another key.", code="codec_key") from None
        try:
            unpacker = zlib.decompressobj()
            plain = Payload.FromString(unpacker.decompress(data, LONGEST))
        except (zlib.error, DecodeError):
            raise InvalidInput("A payload is damaged.", code="codec_damaged") from None
        if not unpacker.eof:
            raise InvalidInput("A payload is cut off, or larger than Temporal takes.", code="codec_damaged")
        return plain


def key_bytes(key: str) -> bytes:
    """The encryption key itself. Raises InvalidInput when it is not one."""
    try:
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise InvalidInput("SOJOURN_ENCRYPTION_KEY must be 32 bytes in base64: `openssl rand -base64 32`.")
    return raw
