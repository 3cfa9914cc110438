"""Changes to a customer that a run makes; the caller holds the customer's lock."""

from datetime import datetime
from uuid import UUID

import orjson
from pydantic import JsonValue
from sqlalchemy import insert, text

from domain.changing import new_score
from domain.frozen import Frozen
from domain.ids import new_id
from store.database import Transaction
from store.tables.customers import ScoreEntry


class Cause(Frozen):
    """Which step of which run changed something, in which round, and why."""

    run: UUID
    step: str
    visit: int
    reason: str
    at: datetime


async def set_attributes(tx: Transaction, customer: UUID, new: dict[str, JsonValue]) -> None:
    """Sets top-level attributes; None removes one."""
    query = text(
        "UPDATE customer SET attributes = (attributes || CAST(:new AS jsonb)) - CAST(:gone AS text[]), updated_at = now()"
        " WHERE id = :customer"
    )
    gone = [name for name, value in new.items() if value is None]
    kept = {name: value for name, value in new.items() if value is not None}
    await tx.execute(query, {"customer": customer, "new": orjson.dumps(kept).decode(), "gone": gone})


async def score(
    tx: Transaction, customer: UUID, cause: Cause, *, add: float | None, set_to: float | None
) -> tuple[float, float]:
    """Adds to the score or sets it; gives the old and the new one. Each (run, step, visit) has one entry in the ledger."""
    query = text("SELECT score FROM customer WHERE id = :customer")
    old = float((await tx.execute(query, {"customer": customer})).scalar_one())
    new = new_score(old, add=add, set_to=set_to)
    await tx.execute(
        insert(ScoreEntry).values(
            id=new_id(),
            customer_id=customer,
            at=cause.at,
            change=new - old,
            value=new,
            reason=cause.reason,
            run_id=cause.run,
            step=cause.step,
            visit=cause.visit,
        )
    )
    update = text("UPDATE customer SET score = :new, updated_at = now() WHERE id = :customer")
    await tx.execute(update, {"new": new, "customer": customer})
    return old, new
