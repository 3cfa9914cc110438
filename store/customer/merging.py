"""Two customers become one: everything that belonged to the loser belongs to the survivor. Both row locks are held."""

from uuid import UUID

from sqlalchemy import text

from store.database import Transaction

OWNED = ("identity", "event", "run", "decision", "message", "consent", "score_entry", "suppression", "approval")
"""Every table whose rows name the customer to whom they belong."""

_MOVES = ", ".join(
    f"moved_{table} AS (UPDATE {table} SET customer_id = :survivor WHERE customer_id = :loser)" for table in OWNED
)

_MOVE = text(f"WITH {_MOVES} SELECT 1")

_LEAD_ON = text("""
    INSERT INTO identity (kind, value, customer_id) VALUES ('customer_id', CAST(CAST(:loser AS uuid) AS text), :survivor)
""")

_MARK = text(
    "UPDATE customer SET merged_into = :survivor, updated_at = now() WHERE id = :loser OR merged_into = :loser"
)

_SCORE = text("""
    UPDATE customer SET score = score + (SELECT score FROM customer WHERE id = :loser), updated_at = now()
    WHERE id = :survivor RETURNING score
""")


async def merge(tx: Transaction, survivor: UUID, loser: UUID) -> float:
    """Moves identities, events, runs, decisions, messages, permissions, score entries and approvals; gives the sum of both scores.

    The loser's row stays and leads to the survivor, as does `customer_id:LOSER` in later internal events.
    """
    both = {"survivor": survivor, "loser": loser}
    await tx.execute(_MOVE, both)
    await tx.execute(_LEAD_ON, both)
    score = (await tx.execute(_SCORE, both)).scalar_one()
    await tx.execute(_MARK, both)
    return float(score)
