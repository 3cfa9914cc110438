"""Secrets at rest: sealed with AES-GCM (NIST SP 800-38D) when there is a key, else as they are.

The first byte says how. The name is authenticated too, so that a value cannot be moved to another name.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Defect

_PLAIN, _SEALED = b"\x00", b"\x01"
_NONCE = 12


class Seal:
    """`key`: the 32 bytes of the installation's `SOJOURN_ENCRYPTION_KEY`."""

    def __init__(self, key: bytes | None = None) -> None:
        self._cipher = AESGCM(key) if key else None

    def close(self, name: str, value: str) -> bytes:
        """The value as it is kept."""
        if self._cipher is None:
            return _PLAIN + value.encode()
        nonce = os.urandom(_NONCE)
        return _SEALED + nonce + self._cipher.encrypt(nonce, value.encode(), name.encode())

    def open(self, name: str, kept: bytes) -> str:
        """The value. Raises Defect when it was sealed with another key, or with one while there is none here."""
        how, data = kept[:1], kept[1:]
        if how == _PLAIN:
            return data.decode()
        try:
            if self._cipher is None:
                raise InvalidTag
            return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], name.encode()).decode()
        except InvalidTag:
            raise Defect(
                f"The secret {name} was sealed with another SOJOURN_ENCRYPTION_KEY. Set it again: `sojourn secrets set {name}`.",
                code="secret_sealed",
            ) from None


def is_sealed(kept: bytes) -> bool:
    return kept[:1] == _SEALED
