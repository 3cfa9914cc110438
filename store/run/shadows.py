"""Shadow runs: which are to end because their version is in shadow no more."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from store.database import Transaction


class Stale(NamedTuple):
    """A run whose version is in shadow no more."""

    run: UUID
    customer: UUID


_STALE = text("""
    SELECT run.id, run.customer_id FROM run JOIN journey ON journey.id = run.journey_id
    WHERE run.shadow AND run.status <> 'ended' AND run.leaving IS NULL
        AND journey.shadow_version IS DISTINCT FROM run.version
    LIMIT :limit
""")


async def stale(tx: Transaction, limit: int) -> list[Stale]:
    """Some of them."""
    return [Stale(*row) for row in await tx.execute(_STALE, {"limit": limit})]
