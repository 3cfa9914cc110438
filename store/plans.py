"""How PostgreSQL plans the statements of queues: tables that are empty now and hold a million rows a minute later."""

from sqlalchemy import text

from store.database import Transaction

_PREFER_INDEXES = text("SET LOCAL enable_seqscan = off")


async def prefer_indexes(tx: Transaction) -> None:
    """No statement of this transaction reads a whole table where an index leads to its rows.

    Prepared statements keep the plan of their first calls. Made over an almost empty queue it would be a sequential scan,
    and a burst of events would be read whole, once per slot, until the statistics catch up.
    """
    await tx.execute(_PREFER_INDEXES)
