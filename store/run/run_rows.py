"""Runs as operators read them: lists with filters, and one run in full. Runs under way are written by `store/run/progress.py`."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, func, select, tuple_
from sqlmodel import col

from domain.cursors import Cursor
from domain.frozen import Frozen
from domain.ids import workflow_id
from domain.records import Page, RunDetail, RunRecord, RunStatus
from store.database import Transaction
from store.tables.runs import Run


class RunFilter(Frozen):
    """Which runs. What is None does not narrow."""

    journey: str | None = None
    version: int | None = None
    status: RunStatus | None = None
    step: str | None = None
    customer: UUID | None = None
    key: str | None = None
    shadow: bool | None = None


async def page(tx: Transaction, which: RunFilter, *, after: Cursor | None = None, limit: int = 50) -> Page[RunRecord]:
    """At most `limit` runs, the newest entry first, from behind `after` on."""
    query = select(Run).order_by(col(Run.entered_at).desc(), col(Run.id).desc()).limit(limit + 1)
    columns = {
        "journey": Run.journey_id,
        "version": Run.version,
        "status": Run.status,
        "step": Run.step,
        "customer": Run.customer_id,
        "key": Run.key,
        "shadow": Run.shadow,
    }
    for name, value in which.model_dump(exclude_none=True).items():
        query = query.where(col(columns[name]) == value)
    if after:
        query = query.where(tuple_(col(Run.entered_at), col(Run.id)) < (after.at, after.id))
    runs = [_record(row) for row in (await tx.execute(query)).mappings()]
    last = runs[limit - 1] if len(runs) > limit else None
    return Page(items=tuple(runs[:limit]), next_cursor=last and str(Cursor(at=last.entered_at, id=last.id)))


async def find(tx: Transaction, run: UUID) -> RunDetail | None:
    """One run in full, or None."""
    row = (await tx.execute(select(Run).where(col(Run.id) == run))).mappings().one_or_none()
    if row is None:
        return None
    return RunDetail(
        **_record(row).model_dump(),
        entry=row["entry"],
        gathered=row["gathered"],
        path=row["state"].get("path", ()),
        listens=row["listens"].get("listens", ()),
    )


def _record(row: RowMapping) -> RunRecord:
    known = {name: row[name] for name in RunRecord.model_fields if name in row}
    return RunRecord(journey=row["journey_id"], workflow_id=workflow_id(row["journey_id"], row["id"]), **known)


class Standing(Frozen):
    """How a run stands, and when that last changed for all who look at it."""

    run: UUID
    customer: UUID
    status: RunStatus
    changed_at: datetime


async def standing(tx: Transaction, runs: Collection[UUID]) -> dict[UUID, Standing]:
    """Those of the runs that exist."""
    changed_at = func.greatest(col(Run.entered_at), col(Run.started_at), col(Run.ended_at))
    query = select(col(Run.id), col(Run.customer_id), col(Run.status), changed_at).where(col(Run.id).in_(runs))
    return {
        run: Standing(run=run, customer=customer, status=status, changed_at=at)
        for run, customer, status, at in await tx.execute(query)
    }
