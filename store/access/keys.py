"""API keys: 256 random bits, of which only the SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text

from domain.errors import NotFound
from domain.frozen import Frozen
from domain.ids import new_id
from store.access.audit import record
from store.database import Transaction


class Scope(StrEnum):
    """What a key is for. An admin key may also send events."""

    INGEST = "ingest"
    ADMIN = "admin"


class Key(Frozen):
    """A key without its secret. `prefix` is how people recognise it, `source` names the origin of its events."""

    id: UUID
    prefix: str
    name: str
    scope: Scope
    source: str
    created_at: datetime
    revoked_at: datetime | None = None


class NewKey(Frozen):
    """A key with its secret, which is shown this once."""

    key: Key
    secret: str


_COLUMNS = "id, prefix, name, scope, source, created_at, revoked_at"
_SHOWN = len("sj_ingest_") + 6


async def create(tx: Transaction, scope: Scope, *, source: str, name: str = "", actor: str) -> NewKey:
    """Makes a key and notes who did it. The secret reads `sj_ingest_…` or `sj_admin_…`."""
    secret = f"sj_{scope}_{secrets.token_urlsafe(32)}"
    key = await _insert(tx, secret, scope, source, name)
    await record(tx, actor, "key.create", key.prefix, {"scope": scope, "source": source, "name": name})
    return NewKey(key=key, secret=secret)


async def ensure(tx: Transaction, secret: str, scope: Scope, source: str) -> Key:
    """The key with this secret, made if it is missing. One that was revoked stays revoked."""
    return await find(tx, secret, revoked=True) or await _insert(tx, secret, scope, source, source)


async def revoke(tx: Transaction, prefix: str, *, actor: str) -> Key:
    """Ends the key with this prefix or id; running processes refuse it within seconds. Raises NotFound."""
    found = await tx.execute(
        text(
            "UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) "
            f"WHERE prefix = :prefix OR CAST(id AS text) = :prefix RETURNING {_COLUMNS}"
        ),
        {"prefix": prefix},
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no key {prefix}. `sojourn keys list` shows them.", code="unknown_key")
    key = Key(**row)
    await record(tx, actor, "key.revoke", key.prefix, {"scope": key.scope, "source": key.source})
    return key


async def find(tx: Transaction, secret: str, *, revoked: bool = False) -> Key | None:
    """The key with this secret, unless it was revoked. The secret is compared by its digest, never by its letters."""
    return await find_digest(tx, digest_of(secret), revoked=revoked)


async def find_digest(tx: Transaction, digest: str, *, revoked: bool = False) -> Key | None:
    """The key whose secret has this digest, unless it was revoked."""
    found = await tx.execute(
        text(f"SELECT {_COLUMNS} FROM api_key WHERE digest = :digest AND (revoked_at IS NULL OR :revoked)"),
        {"digest": digest, "revoked": revoked},
    )
    row = found.mappings().one_or_none()
    return Key(**row) if row else None


async def list_keys(tx: Transaction) -> list[Key]:
    """All keys, the newest first."""
    found = await tx.execute(text(f"SELECT {_COLUMNS} FROM api_key ORDER BY created_at DESC, id DESC"))
    return [Key(**row) for row in found.mappings()]


async def _insert(tx: Transaction, secret: str, scope: Scope, source: str, name: str) -> Key:
    made = await tx.execute(
        text(
            "INSERT INTO api_key (id, digest, prefix, name, scope, source) "
            "VALUES (:id, :digest, :prefix, :name, :scope, :source) "
            f"ON CONFLICT (digest) DO UPDATE SET digest = excluded.digest RETURNING {_COLUMNS}"
        ),
        {
            "id": new_id(),
            "digest": digest_of(secret),
            "prefix": secret[:_SHOWN],
            "name": name,
            "scope": scope.value,
            "source": source,
        },
    )
    return Key(**made.mappings().one())


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256 in hexadecimal. 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
