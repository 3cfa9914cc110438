"""One unchanging view of the database, shared by several connections and processes. Nothing can be written in it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from store.database import Database, Transaction

_NAME = re.compile(r"[0-9A-F]+-[0-9A-F]+-[0-9]+")


@asynccontextmanager
async def snapshot(db: Database, known_as: str | None = None) -> AsyncIterator[Transaction]:
    """A repeatable-read, read-only transaction; with `known_as` it sees what the one that `share`d this name sees.

    That one must still be open.
    """
    connection = Transaction(db.engine)
    async with connection:
        await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        async with connection.begin():
            if known_as is not None:
                if not _NAME.fullmatch(known_as):
                    raise ValueError(f"{known_as!r} is not the name of a snapshot")
                await connection.execute(text(f"SET TRANSACTION SNAPSHOT '{known_as}'"))
            yield connection


async def share(tx: Transaction) -> str:
    """A name by which others can see what this transaction sees, as long as it is open."""
    return str((await tx.execute(text("SELECT pg_export_snapshot()"))).scalar_one())
