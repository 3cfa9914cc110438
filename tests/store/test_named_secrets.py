"""Secrets at rest."""

import pytest
from sqlalchemy import text

from domain.errors import Conflict, Defect, InvalidInput, NotFound
from store.access import named_secrets
from store.access.sealing import Seal
from store.database import Database

KEY, OTHER = b"k" * 32, b"o" * 32


async def test_a_sealed_secret_stands_in_no_row_and_is_read_with_its_key_alone(db: Database) -> None:
    async with db.transaction() as tx:
        await named_secrets.put(tx, Seal(KEY), "crm_token", "canary-value", actor="test")
        assert await named_secrets.values(tx, Seal(KEY), ["crm_token"]) == {"crm_token": "canary-value"}
        for seal in (Seal(OTHER), Seal()):
            with pytest.raises(Defect, match="set crm_token"):
                await named_secrets.values(tx, seal, ["crm_token"])
        kept = (await tx.execute(text("SELECT string_agg(encode(value, 'escape'), '') FROM secret"))).scalar_one()
        told = (await tx.execute(text("SELECT string_agg(CAST(audit AS text), '') FROM audit"))).scalar_one()
    assert "canary" not in kept + told
    assert "crm_token" in told


async def test_a_sealed_value_cannot_be_moved_to_another_name(db: Database) -> None:
    async with db.transaction() as tx:
        await named_secrets.put(tx, Seal(KEY), "mine", "value", actor="test")
        await tx.execute(text("UPDATE secret SET name = 'yours'"))
        with pytest.raises(Defect):
            await named_secrets.values(tx, Seal(KEY), ["yours"])


async def test_setting_again_replaces_and_deleting_forgets(db: Database) -> None:
    async with db.transaction() as tx:
        for value in ("old", "new"):
            await named_secrets.put(tx, Seal(), "crm_token", value, actor="test")
        assert await named_secrets.values(tx, Seal(KEY), ["crm_token"]) == {"crm_token": "new"}
        assert [one.sealed for one in await named_secrets.records(tx)] == [False]
        with pytest.raises(Conflict, match="lead"):
            await named_secrets.delete(tx, "crm_token", used_by=["lead"], actor="test")
        await named_secrets.delete(tx, "crm_token", used_by=[], actor="test")
        with pytest.raises(NotFound):
            await named_secrets.delete(tx, "crm_token", used_by=[], actor="test")
        with pytest.raises(Defect, match="There is no secret"):
            await named_secrets.values(tx, Seal(), ["crm_token"])


@pytest.mark.parametrize(
    ("name", "value"), [("Crm", "x"), ("", "x"), ("a" * 65, "x"), ("a", ""), ("a", "x\r\nHost: y"), ("a", "x" * 4_097)]
)
async def test_what_no_header_could_carry_is_refused_and_not_repeated(db: Database, name: str, value: str) -> None:
    async with db.transaction() as tx:
        with pytest.raises(InvalidInput) as refused:
            await named_secrets.put(tx, Seal(), name, value, actor="test")
    assert "Host" not in refused.value.message
