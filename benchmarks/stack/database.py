"""A PostgreSQL of its own with the newest schema, for what is measured without the rest of the stack."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring.cpu import Processes
from content.templates import compile_template
from runtime import publishing
from runtime.stack.postgres import data_home, start_postgres
from store.database import Database
from store.journey import templates
from store.journey.templates import Variant
from store.migrate import migrate


@dataclass(frozen=True)
class Own:
    """A server of its own. `processes` are postgres and, as worker, this program."""

    url: str
    processes: Processes


@contextmanager
def own_postgres() -> Iterator[Own]:
    """A server with the settings of the stack's, deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-bench-"))
    folder.chmod(0o711)
    home = folder / "postgres"
    server = start_postgres(home, options=("max_connections=200",))
    try:
        migrate(server.url())
        yield Own(server.url(), Processes({"worker": os.getpid(), "postgres": server.process.pid}))
    finally:
        server.stop()
        shutil.rmtree(data_home(home), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The store on that database."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def publish(database: Database, document: str, **texts: str) -> None:
    """Publishes a journey, and mail templates by name."""
    name = document.partition("journey:")[2].split()[0]
    async with database.transaction() as tx:
        for template, text in texts.items():
            variant = Variant(source=text, compiled=compile_template("email", template, text))
            await templates.publish(tx, "email", template, {"": variant}, actor="bench")
        channels = frozenset({"email"})
        await publishing.save_draft(tx, name, document, channels=channels, actor="bench")
        await publishing.publish(tx, name, channels=channels, actor="bench")
