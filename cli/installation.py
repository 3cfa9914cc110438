"""The installation that commands work on directly: by the settings, or the running stack of this folder."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from cli.server import stack_environment
from domain.errors import InvalidInput
from runtime.settings import Settings, load_settings
from store.database import Database, Transaction
from store.outages import in_words

Result = TypeVar("Result")


def installation() -> Settings:
    """The settings of the environment; where it is silent, those of the stack here.

    Raises InvalidInput when a setting is wrong, or when nobody says where the database is.
    """
    for name, value in stack_environment().items():
        os.environ.setdefault(name, value)
    settings = load_settings()
    if not settings.database_url:
        raise InvalidInput("no database is named. Run `sojourn up` in this folder, or set DATABASE_URL.")
    return settings


@contextmanager
def database_in_words() -> Iterator[None]:
    """Raises Unavailable for a database that is away, and Conflict for one that does not fit, in place of its own errors."""
    try:
        yield
    except Exception as error:
        if told := in_words(error):
            raise told from None
        raise


def in_transaction(work: Callable[[Transaction], Awaitable[Result]]) -> Result:
    """What `work` gives in one transaction of the installation's database. Raises as `installation` and `database_in_words`."""

    async def run() -> Result:
        database = Database(installation().database_url, pool_size=1)
        try:
            async with database.transaction() as tx:
                return await work(tx)
        finally:
            await database.close()

    with database_in_words():
        return asyncio.run(run())
