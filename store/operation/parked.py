"""Parked runs: grouped by cause, chosen for an order, and one as it has to be judged."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import text

from domain.engine.state import State
from domain.frozen import Frozen
from domain.parking import ParkedGroup, remedy_of
from store.database import Transaction

_GROUPS = text("""
    WITH grouped AS (
        SELECT journey_id AS journey, version, step, parked ->> 'code' AS code, count(*) AS runs,
            count(DISTINCT customer_id) AS people,
            CAST(min(parked ->> 'at') AS timestamptz) AS oldest, CAST(max(parked ->> 'at') AS timestamptz) AS newest,
            (array_agg(id ORDER BY parked ->> 'at' DESC))[1] AS example
        FROM run WHERE status = 'parked' AND (CAST(:journey AS text) IS NULL OR journey_id = :journey)
        GROUP BY journey_id, version, step, parked ->> 'code'
    )
    SELECT grouped.*, said.why FROM grouped LEFT JOIN LATERAL (
        SELECT detail ->> 'why' AS why FROM decision
        WHERE run_id = grouped.example AND step = grouped.step AND detail ->> 'why' IS NOT NULL
        ORDER BY at DESC, id DESC LIMIT 1
    ) said ON true
    ORDER BY grouped.runs DESC, journey, version, step, code
""")

_CHOSEN = text("""
    SELECT id FROM run
    WHERE status = 'parked'
        AND (CAST(:journey AS text) IS NULL OR journey_id = :journey)
        AND (CAST(:version AS integer) IS NULL OR version = :version)
        AND (CAST(:step AS text) IS NULL OR step = :step)
        AND (CAST(:code AS text) IS NULL OR parked ->> 'code' = :code)
        AND (CAST(:since AS timestamptz) IS NULL OR CAST(parked ->> 'at' AS timestamptz) >= :since)
        AND (CAST(:runs AS uuid[]) IS NULL OR id = ANY(CAST(:runs AS uuid[])))
    ORDER BY parked ->> 'at', id LIMIT :limit
""")

_FIND = text("""
    SELECT run.id, journey_id AS journey, version, customer_id AS customer, state, entry, gathered,
        parked ->> 'code' AS code, CAST(parked ->> 'at' AS timestamptz) AS parked_at, now() AS now,
        EXISTS (
            SELECT 1 FROM message WHERE run_id = run.id AND message.step = run.step AND message.state IN ('claimed', 'unknown')
        ) AS is_unsettled
    FROM run WHERE id = :run AND status = 'parked'
""")


class Choice(Frozen):
    """Which parked runs. What is None does not narrow; `limit` takes those that were parked first."""

    journey: str | None = None
    version: int | None = None
    step: str | None = None
    code: str | None = None
    since: datetime | None = None
    runs: tuple[UUID, ...] | None = None
    limit: int | None = None


class ParkedRun(Frozen):
    """A parked run as it has to be judged. `is_unsettled`: nobody can say yet whether a message of the step was taken."""

    id: UUID
    journey: str
    version: int
    customer: UUID
    state: State
    entry: dict[str, JsonValue]
    gathered: dict[str, JsonValue]
    code: str
    parked_at: datetime
    now: datetime
    is_unsettled: bool


async def groups(tx: Transaction, journey: str | None = None) -> list[ParkedGroup]:
    """Parked runs by journey, version, step and cause, the most first."""
    found: Sequence[Any] = (await tx.execute(_GROUPS, {"journey": journey})).mappings().all()
    return [ParkedGroup(**row, remedy=remedy_of(row["code"])) for row in found]


async def chosen(tx: Transaction, which: Choice) -> list[UUID]:
    """The runs that are meant, those parked first in front."""
    asked = which.model_dump() | {"runs": list(which.runs) if which.runs is not None else None}
    return list((await tx.execute(_CHOSEN, asked)).scalars())


async def find(tx: Transaction, run: UUID) -> ParkedRun | None:
    """A parked run. None: there is no such run, or it is not parked."""
    row = (await tx.execute(_FIND, {"run": run})).mappings().first()
    return ParkedRun.model_validate(dict(row)) if row else None
