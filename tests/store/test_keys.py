"""Keys: stored as a digest, revoked within seconds."""

import re

import pytest
from sqlalchemy import text

from domain.errors import NotFound
from store.access import audit, keys
from store.access.key_ring import KeyRing
from store.database import Database


async def test_a_key_is_found_by_its_secret_and_the_database_does_not_know_the_secret(db: Database) -> None:
    async with db.transaction() as tx:
        made = await keys.create(tx, keys.Scope.INGEST, source="shop", name="Web shop", actor="ann")
        assert re.fullmatch(r"sj_ingest_[\w-]{43}", made.secret)
        assert await keys.find(tx, made.secret) == made.key
        assert await keys.find(tx, made.secret[:-1]) is None
        row = str((await tx.execute(text("SELECT * FROM api_key"))).one())
        assert made.secret.removeprefix(made.key.prefix) not in row
        assert (made.key.scope, made.key.source, made.key.name) == (keys.Scope.INGEST, "shop", "Web shop")


async def test_creating_and_revoking_are_audited(db: Database) -> None:
    async with db.transaction() as tx:
        made = await keys.create(tx, keys.Scope.ADMIN, source="ops", actor="ann")
        await keys.revoke(tx, made.key.prefix, actor="bob")
    async with db.transaction() as tx:
        changes = await audit.recent(tx)
        assert [(one.actor, one.action, one.subject) for one in changes] == [
            ("bob", "key.revoke", made.key.prefix),
            ("ann", "key.create", made.key.prefix),
        ]
        assert len(await audit.recent(tx, 1)) == 1


async def test_a_revoked_key_is_not_found_but_listed(db: Database) -> None:
    async with db.transaction() as tx:
        made = await keys.create(tx, keys.Scope.INGEST, source="shop", actor="ann")
        revoked = await keys.revoke(tx, str(made.key.id), actor="ann")
        assert await keys.find(tx, made.secret) is None
        assert await keys.list_keys(tx) == [revoked]
        assert revoked.revoked_at is not None
        with pytest.raises(NotFound):
            await keys.revoke(tx, "sj_ingest_nobody", actor="ann")


async def test_a_key_of_the_settings_is_made_once_and_stays_revoked(db: Database) -> None:
    async with db.transaction() as tx:
        first = await keys.ensure(tx, "sj_ingest_of_development", keys.Scope.INGEST, "development")
        assert await keys.ensure(tx, "sj_ingest_of_development", keys.Scope.INGEST, "development") == first
        await keys.revoke(tx, first.prefix, actor="ann")
        await keys.ensure(tx, "sj_ingest_of_development", keys.Scope.INGEST, "development")
        assert await keys.find(tx, "sj_ingest_of_development") is None


async def test_the_ring_remembers_for_a_moment_only(db: Database) -> None:
    remembering, forgetting = KeyRing(db, seconds=60), KeyRing(db, seconds=0)
    async with db.transaction() as tx:
        made = await keys.create(tx, keys.Scope.INGEST, source="shop", actor="ann")
    assert await remembering.find(made.secret) == await forgetting.find(made.secret) == made.key
    async with db.transaction() as tx:
        await keys.revoke(tx, made.key.prefix, actor="ann")
    assert await remembering.find(made.secret) == made.key
    assert await forgetting.find(made.secret) is None
