"""What an operator's order needs to know about a run."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue
from sqlalchemy import text

from domain.decisions import Decision
from domain.frozen import Frozen
from store.database import Transaction
from store.run import decisions
from store.run.rows import Subject


class RunUnderWay(Frozen):
    """A run as an order meets it. `entry` says who waits for its end; `sent_as` what its steps were called in other versions."""

    id: UUID
    journey_id: str
    version: int
    customer_id: UUID
    status: str
    ended_reason: str | None
    entry: dict[str, JsonValue] = Field(default_factory=dict)
    depth: int = 0
    sent_as: dict[str, str] = Field(default_factory=dict)


async def find(tx: Transaction, run: UUID) -> RunUnderWay | None:
    query = text("""
        SELECT id, journey_id, version, customer_id, status, ended_reason, entry, depth,
            coalesce(state -> 'sent_as', '{}') AS sent_as
        FROM run WHERE id = :run
    """)
    row = (await tx.execute(query, {"run": run})).mappings().first()
    return RunUnderWay.model_validate(dict(row)) if row else None


async def run_of_message(tx: Transaction, message: UUID) -> UUID | None:
    found: UUID | None = (
        await tx.execute(text("SELECT run_id FROM message WHERE id = :id"), {"id": message})
    ).scalar_one_or_none()
    return found


_STOP = text(
    """
    UPDATE run SET status = 'ended', ended_reason = :reason, ended_at = now(), step = NULL, waiting_until = NULL
     WHERE id = :run AND status = ANY(:statuses)
       AND NOT EXISTS (SELECT 1 FROM command WHERE run_id = :run AND kind = 'start')
    RETURNING now()
    """
)
WITH_WORKFLOW = ("running", "leaving", "paused", "parked")


async def stop_queued(tx: Transaction, run: RunUnderWay, actor: str) -> datetime | None:
    """Ends a run that its journey's intake has not let in: it has no workflow yet. Gives when; None: it was let in meanwhile."""
    return await _stop(tx, run, actor, ("queued",))


async def stop_lost(tx: Transaction, run: RunUnderWay, actor: str) -> datetime | None:
    """Ends a run whose workflow Temporal does not have any more. Gives when; None while its start waits to be delivered."""
    return await _stop(tx, run, actor, WITH_WORKFLOW)


async def _stop(tx: Transaction, run: RunUnderWay, actor: str, statuses: tuple[str, ...]) -> datetime | None:
    reason = f"stopped:{actor}"
    await tx.execute(text("SELECT 1 FROM customer WHERE id = :id FOR NO KEY UPDATE"), {"id": run.customer_id})
    asked = {"reason": reason, "run": run.id, "statuses": list(statuses)}
    at: datetime | None = (await tx.execute(_STOP, asked)).scalar_one_or_none()
    if at is None:
        return None
    subject = Subject(customer=run.customer_id, journey=run.journey_id, version=run.version, run=run.id)
    await decisions.append(tx, at, [(subject, Decision(kind="end", outcome=reason))])
    return at
