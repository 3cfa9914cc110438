"""Whether a database has the schema this code was written for."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text

from store.database import Transaction


@cache
def newest_revision() -> str:
    """The last migration in the tree."""
    head = ScriptDirectory(str(Path(__file__).parent / "migrations")).get_current_head()
    assert head is not None, "store/migrations holds no migration"
    return head


async def revision(tx: Transaction) -> str | None:
    """The last migration that ran on this database; None on one that was never migrated."""
    exists = (await tx.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL"))).scalar_one()
    if not exists:
        return None
    found: str | None = (await tx.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
    return found
