"""Operations and their runs: made once, worked off in order, and every run's outcome written down."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from domain.cursors import Cursor
from domain.ids import new_id
from domain.operations import (
    ItemOutcome,
    ItemRecord,
    ItemResult,
    NewOperation,
    OperationRecord,
    OperationStatus,
    OperationWord,
)
from domain.records import Page
from store.access import audit
from store.database import Transaction

_COLUMNS = """
    id, kind, journey_id AS journey, parameters, reason, rate, status, total, done, skipped, failed,
    created_by, created_at, finished_at
"""

_INSERT = text(f"""
    INSERT INTO operation (id, kind, journey_id, parameters, reason, rate, status, total, created_by)
    VALUES (:id, :kind, :journey, CAST(:parameters AS jsonb), :reason, :rate, 'planned', :total, :by)
    RETURNING {_COLUMNS}
""")

_INSERT_ITEMS = text("""
    INSERT INTO operation_item (operation_id, position, run_id)
    SELECT :id, position, run FROM unnest(CAST(:runs AS uuid[])) WITH ORDINALITY AS frozen (run, position)
""")

_FIND = text(f"SELECT {_COLUMNS} FROM operation WHERE id = :id")

_PAGE = text(f"""
    SELECT {_COLUMNS} FROM operation
    WHERE (CAST(:journey AS text) IS NULL OR journey_id = :journey)
        AND (CAST(:status AS text) IS NULL OR status = :status)
        AND (CAST(:at AS timestamptz) IS NULL OR (created_at, id) < (:at, CAST(:after AS uuid)))
    ORDER BY created_at DESC, id DESC LIMIT :limit
""")

_STAND = text(f"""
    UPDATE operation SET status = CAST(:status AS text),
        finished_at = CASE WHEN CAST(:status AS text) IN ('done', 'cancelled') THEN now() END
    WHERE id = :id AND status = ANY(:before) RETURNING {_COLUMNS}
""")

_TAKE_UP = text("""
    WITH next AS (
        SELECT position, at IS NOT NULL AS is_repeated FROM operation_item
        WHERE operation_id = :id AND outcome IS NULL ORDER BY position LIMIT :limit
    )
    UPDATE operation_item AS item SET at = now() FROM next
    WHERE item.operation_id = :id AND item.position = next.position
    RETURNING item.run_id, next.is_repeated
""")

_SETTLE = text("""
    WITH settled AS (
        UPDATE operation_item AS item SET outcome = new.outcome, note = new.note, at = now()
        FROM unnest(CAST(:runs AS uuid[]), CAST(:outcomes AS text[]), CAST(:notes AS text[])) AS new (run, outcome, note)
        WHERE item.operation_id = :id AND item.run_id = new.run AND item.outcome IS NULL
        RETURNING item.outcome
    )
    UPDATE operation SET
        done = done + (SELECT count(*) FROM settled WHERE outcome = 'done'),
        skipped = skipped + (SELECT count(*) FROM settled WHERE outcome = 'skipped'),
        failed = failed + (SELECT count(*) FROM settled WHERE outcome = 'failed')
    WHERE id = :id
""")

_LEAVE = text("""
    WITH left_alone AS (
        UPDATE operation_item SET outcome = 'skipped', note = :note, at = now()
        WHERE operation_id = :id AND outcome IS NULL RETURNING 1
    )
    UPDATE operation SET skipped = skipped + (SELECT count(*) FROM left_alone) WHERE id = :id
""")

_ITEMS = text("""
    SELECT run_id AS run, position, outcome, note, at FROM operation_item
    WHERE operation_id = :id AND position > :after
        AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome)
    ORDER BY position LIMIT :limit
""")

_FORGOTTEN = text(
    "SELECT id FROM operation WHERE status = 'planned' AND created_at < now() - make_interval(secs => :age)"
)

_RUNNING = text("SELECT id FROM operation WHERE status = 'running' ORDER BY created_at, id")

_BEFORE: Mapping[OperationStatus, tuple[OperationStatus, ...]] = {
    "planned": ("paused",),
    "running": ("planned",),
    "paused": ("planned", "running"),
    "done": ("running",),
    "cancelled": ("planned", "running", "paused"),
}

_STATUS: Mapping[OperationWord, OperationStatus] = {"pause": "paused", "resume": "planned", "cancel": "cancelled"}


async def create(tx: Transaction, new: NewOperation, runs: Sequence[UUID]) -> OperationRecord:
    """Writes an operation over these runs, in this order, each once; audited. It begins when its workflow is started."""
    frozen = list(dict.fromkeys(runs))
    values = {**new.model_dump(exclude={"parameters"}), "parameters": orjson.dumps(new.parameters).decode()}
    row = (await tx.execute(_INSERT, {**values, "id": new_id(), "total": len(frozen)})).mappings().one()
    made = _record(row)
    await tx.execute(_INSERT_ITEMS, {"id": made.id, "runs": frozen})
    await audit.record(tx, new.by, f"operation.{new.kind}", str(made.id), {**new.model_dump(), "total": len(frozen)})
    return made


async def find(tx: Transaction, operation: UUID) -> OperationRecord | None:
    """One operation, or None."""
    row = (await tx.execute(_FIND, {"id": operation})).mappings().first()
    return _record(row) if row else None


async def page(
    tx: Transaction,
    *,
    journey: str | None = None,
    status: OperationStatus | None = None,
    after: Cursor | None = None,
    limit: int = 50,
) -> Page[OperationRecord]:
    """At most `limit` operations, the newest first."""
    asked: dict[str, Any] = {"journey": journey, "status": status, "limit": limit + 1}
    asked |= {"at": after.at if after else None, "after": after.id if after else None}
    found = [_record(row) for row in (await tx.execute(_PAGE, asked)).mappings()]
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=last and str(Cursor(at=last.created_at, id=last.id)))


async def begin(tx: Transaction, operation: UUID) -> OperationRecord | None:
    """The operation as it stands now that somebody works on it. None: there is none."""
    await _stand(tx, operation, "running")
    return await find(tx, operation)


async def order(tx: Transaction, operation: UUID, word: OperationWord, by: str) -> OperationRecord | None:
    """Writes a person's word down, audited. None: it stands already, or makes no sense where the operation is."""
    if await _stand(tx, operation, _STATUS[word]) is None:
        return None
    if word == "cancel":
        await tx.execute(_LEAVE, {"id": operation, "note": f"The operation was cancelled by {by}."})
    await audit.record(tx, by, f"operation.{word}", str(operation))
    return await find(tx, operation)


async def finish(tx: Transaction, operation: UUID) -> None:
    """Nothing is left to do: audited with what became of it."""
    ended = await _stand(tx, operation, "done")
    if ended is not None:
        counts = ended.model_dump(include={"total", "done", "skipped", "failed"})
        await audit.record(tx, ended.created_by, "operation.done", str(operation), counts)


async def take_up(tx: Transaction, operation: UUID, limit: int) -> dict[UUID, bool]:
    """The next runs without an outcome, noted as taken up; and of each whether it was before, by somebody who was lost."""
    found = (await tx.execute(_TAKE_UP, {"id": operation, "limit": limit})).mappings()
    return {row["run_id"]: row["is_repeated"] for row in found}


async def settle(tx: Transaction, operation: UUID, outcomes: Mapping[UUID, ItemOutcome]) -> None:
    """Writes what became of these runs and counts it. One that has an outcome keeps it."""
    if not outcomes:
        return
    asked: dict[str, Any] = {"id": operation, "runs": list(outcomes)}
    asked["outcomes"] = [each.outcome for each in outcomes.values()]
    asked["notes"] = [each.note for each in outcomes.values()]
    await tx.execute(_SETTLE, asked)


async def items(
    tx: Transaction, operation: UUID, *, outcome: ItemResult | None = None, after: int = 0, limit: int = 50
) -> Page[ItemRecord]:
    """At most `limit` of its runs behind position `after`, in their order. The cursor is the last position."""
    asked = {"id": operation, "outcome": outcome, "after": after, "limit": limit + 1}
    found = [ItemRecord.model_validate(dict(row)) for row in (await tx.execute(_ITEMS, asked)).mappings()]
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=last and str(last.position))


async def forgotten(tx: Transaction, age_seconds: float) -> list[UUID]:
    """Operations that were made so long ago and that no workflow has taken up: their start was lost."""
    return list((await tx.execute(_FORGOTTEN, {"age": age_seconds})).scalars())


async def running(tx: Transaction) -> list[UUID]:
    """Operations under way, the oldest first."""
    return list((await tx.execute(_RUNNING)).scalars())


async def _stand(tx: Transaction, operation: UUID, status: OperationStatus) -> OperationRecord | None:
    """Gives the operation its next status. None: it cannot come to it from where it is."""
    asked = {"id": operation, "status": status, "before": list(_BEFORE[status])}
    row = (await tx.execute(_STAND, asked)).mappings().first()
    return _record(row) if row else None


def _record(row: RowMapping) -> OperationRecord:
    return OperationRecord.model_validate(dict(row))
