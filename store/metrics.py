"""What a scrape reads from the database: how much is waiting, and the books by state."""

from collections import Counter

from pydantic import Field
from sqlalchemy import text

from domain.frozen import Frozen
from store import tallies
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


async def depths(tx: Transaction) -> Depths:
    """Counts of this moment. What waits is counted, what only grows is not: a scrape takes milliseconds, however much there is."""
    await tx.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS}"))
    waiting = (await tx.execute(_WAITING)).mappings().one()
    runs: Counter[str] = Counter()
    for one in await tallies.runs(tx):
        if not one.shadow:
            runs[one.status] += one.runs
    return Depths(**waiting, messages=await tallies.messages(tx), runs=dict(runs))
