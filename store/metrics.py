"""What a scrape reads from the database: how much is waiting, and the books by state."""

from pydantic import Field
from sqlalchemy import text

from domain.frozen import Frozen
from store.database import Transaction

PATIENCE_MS = 3000
"""After so long a scrape gives up: a monitor must not become the load it watches."""


class Depths(Frozen):
    """Rows that wait, the age of the oldest in seconds (0 when none waits), and rows by state."""

    inbox: int = 0
    inbox_age: float = 0.0
    commands: int = 0
    command_age: float = 0.0
    commands_failing: int = 0
    messages: dict[str, int] = Field(default_factory=dict)
    runs: dict[str, int] = Field(default_factory=dict)


_WAITING = text("""
    SELECT (SELECT count(*) FROM inbox) AS inbox,
           (SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 FROM inbox) AS inbox_age,
           count(*) AS commands,
           coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS command_age,
           count(*) FILTER (WHERE failure IS NOT NULL) AS commands_failing
    FROM command
""")
_MESSAGES = text("SELECT state, count(*) FROM message GROUP BY state")
_RUNS = text("SELECT status, count(*) FROM run WHERE NOT shadow GROUP BY status")


async def depths(tx: Transaction) -> Depths:
    """Counts of this moment. Reads the ledger and the runs whole: ask every ten seconds or so, not more often."""
    await tx.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS}"))
    waiting = (await tx.execute(_WAITING)).mappings().one()
    messages = {row[0]: row[1] for row in await tx.execute(_MESSAGES)}
    runs = {row[0]: row[1] for row in await tx.execute(_RUNS)}
    return Depths(**waiting, messages=messages, runs=runs)
