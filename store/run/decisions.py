"""The decision log: append-only."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from domain.decisions import Decision
from domain.frozen import Frozen
from domain.ids import new_id
from store.database import Transaction
from store.tables.runs import Decision as DecisionRow


class Subject(Frozen):
    """Whom and what a decision is about; without a run it is about somebody who did not enter."""

    customer: UUID
    journey: str | None = None
    version: int | None = None
    run: UUID | None = None


async def append(tx: Transaction, at: datetime, decisions: Sequence[tuple[Subject, Decision]]) -> None:
    """Adds decisions in their order, all dated `at`."""
    if not decisions:
        return
    ids = sorted(new_id() for _ in decisions)  # ids of one millisecond are in no order of their own
    rows = [
        {
            "id": row_id,
            "at": at,
            "customer_id": subject.customer,
            "journey_id": subject.journey,
            "version": subject.version,
            "run_id": subject.run,
            "step": decision.step,
            "visit": decision.visit,
            "kind": decision.kind,
            "outcome": decision.outcome,
            "detail": decision.detail,
        }
        for row_id, (subject, decision) in zip(ids, decisions, strict=True)
    ]
    await tx.execute(insert(DecisionRow), rows)
