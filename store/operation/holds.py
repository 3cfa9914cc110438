"""Pauses of journeys and channels: asked in every attempt at an effect, and what rests because of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.holds import Due, HoldKind, HoldRecord
from domain.ids import new_id
from store.access import audit
from store.database import Transaction

_COLUMNS = "id, kind, name, reason, held_by, held_at, due, spread_seconds, lifted_by, lifted_at"

_PUT = text(f"""
    INSERT INTO hold (id, kind, name, reason, held_by) VALUES (:id, :kind, :name, :reason, :by)
    ON CONFLICT (kind, name) WHERE lifted_at IS NULL DO NOTHING
    RETURNING {_COLUMNS}
""")

_STANDING = text(f"""
    SELECT {_COLUMNS} FROM hold
    WHERE lifted_at IS NULL AND (CAST(:kind AS text) IS NULL OR kind = :kind) AND (CAST(:name AS text) IS NULL OR name = :name)
    ORDER BY kind, name
""")

_ONE = text(f"SELECT {_COLUMNS} FROM hold WHERE id = :id")

_RESTING = text("SELECT count(*) FROM run WHERE hold_id = :hold AND status <> 'ended' AND NOT ghost")

_LIFT = text(f"""
    UPDATE hold SET due = :due, spread_seconds = :seconds, lifted_by = :by, lifted_at = now()
    WHERE id = :id AND lifted_at IS NULL RETURNING {_COLUMNS}
""")

_HELD = text("""
    SELECT journey_id AS journey, version, hold_step AS step, count(*) AS runs, count(DISTINCT customer_id) AS people,
        min(held_at) AS oldest, max(held_at) AS newest
    FROM run WHERE hold_id = :hold AND status <> 'ended' AND NOT ghost
    GROUP BY journey_id, version, hold_step ORDER BY journey_id, version, min(held_at)
""")

_OVERDUE = text("""
    SELECT asked.place, count(run.id)
    FROM unnest(CAST(:journeys AS text[]), CAST(:versions AS integer[]), CAST(:steps AS text[]), CAST(:seconds AS float8[]))
        WITH ORDINALITY AS asked (journey, version, step, seconds, place)
    JOIN run ON run.hold_id = :hold AND run.status <> 'ended' AND NOT run.ghost AND run.journey_id = asked.journey
        AND run.version = asked.version AND run.hold_step = asked.step
        AND run.held_at < now() - make_interval(secs => asked.seconds / run.time_scale)
    GROUP BY asked.place
""")

_PEOPLE = text("SELECT count(DISTINCT customer_id) FROM run WHERE hold_id = :hold AND status <> 'ended' AND NOT ghost")

_ENTERED = text("SELECT count(*) FROM run WHERE journey_id = :journey AND entered_at >= :since AND NOT ghost")

_FREE = text("""
    SELECT run.id, run.customer_id FROM hold JOIN run ON run.hold_id = hold.id
    WHERE hold.lifted_at IS NOT NULL AND run.status <> 'ended' ORDER BY run.held_at, run.id LIMIT :limit
""")

_TELL = text("""
    UPDATE run SET hold_id = NULL, hold_step = NULL, held_at = NULL, last_command = last_command + 1
    FROM hold
    WHERE run.id = ANY(CAST(:runs AS uuid[])) AND hold.id = run.hold_id AND hold.lifted_at IS NOT NULL
        AND run.status <> 'ended'
    RETURNING run.id AS run, run.journey_id AS journey, run.last_command AS number, run.time_scale, hold.id AS hold,
        hold.due, hold.spread_seconds, hold.lifted_at
""")


class HeldStep(NamedTuple):
    """Runs that rest at one step of one version."""

    journey: str
    version: int
    step: str
    runs: int
    people: int
    oldest: datetime
    newest: datetime


class FreeRun(NamedTuple):
    """A run whose pause is lifted and which has not been told."""

    id: UUID
    customer: UUID


class Told(NamedTuple):
    """What a run is to be told, under which number."""

    run: UUID
    journey: str
    number: int
    time_scale: float
    hold: UUID
    due: Due
    over: timedelta
    lifted_at: datetime


async def put(tx: Transaction, kind: HoldKind, name: str, *, by: str, reason: str) -> HoldRecord | None:
    """Pauses a journey or a channel, audited. None: it is paused already."""
    asked = {"id": new_id(), "kind": kind, "name": name, "reason": reason, "by": by}
    row = (await tx.execute(_PUT, asked)).mappings().first()
    if row is None:
        return None
    await audit.record(tx, by, f"{kind}.pause", name, {"hold": str(row["id"]), "reason": reason})
    return _record(row)


async def standing(tx: Transaction, kind: HoldKind | None = None, name: str | None = None) -> list[HoldRecord]:
    """The pauses that stand."""
    return [_record(row) for row in (await tx.execute(_STANDING, {"kind": kind, "name": name})).mappings()]


async def find(tx: Transaction, hold: UUID) -> HoldRecord | None:
    """A pause, also one that was lifted."""
    row = (await tx.execute(_ONE, {"id": hold})).mappings().first()
    return _record(row) if row is not None else None


async def resting(tx: Transaction, hold: UUID) -> int:
    """How many runs rest because of it; without ghosts."""
    return int((await tx.execute(_RESTING, {"hold": hold})).scalar_one())


async def lift(
    tx: Transaction, hold: UUID, *, due: Due, over: timedelta | None, by: str, reason: str
) -> HoldRecord | None:
    """Ends a pause, audited. None: somebody else has done so."""
    seconds = over.total_seconds() if over is not None else None
    row = (await tx.execute(_LIFT, {"id": hold, "due": due, "seconds": seconds, "by": by})).mappings().first()
    if row is None:
        return None
    detail = {"hold": str(hold), "due": due, "spread_seconds": seconds, "reason": reason}
    await audit.record(tx, by, f"{row['kind']}.resume", row["name"], detail)
    return _record(row)


async def held(tx: Transaction, hold: UUID) -> list[HeldStep]:
    """The runs that rest because of this pause, by step; without ghosts, who get nothing either way."""
    return [HeldStep(*row) for row in await tx.execute(_HELD, {"hold": hold})]


async def overdue(
    tx: Transaction, hold: UUID, deadlines: Sequence[tuple[HeldStep, timedelta]]
) -> Mapping[HeldStep, int]:
    """How many of each step's runs have rested for longer than its deadline."""
    asked: dict[str, Any] = {"hold": hold, "seconds": [deadline.total_seconds() for _, deadline in deadlines]}
    asked["journeys"] = [step.journey for step, _ in deadlines]
    asked["versions"] = [step.version for step, _ in deadlines]
    asked["steps"] = [step.step for step, _ in deadlines]
    return {deadlines[place - 1][0]: count for place, count in await tx.execute(_OVERDUE, asked)}


async def people(tx: Transaction, hold: UUID) -> int:
    """How many customers have a run that rests because of it."""
    return int((await tx.execute(_PEOPLE, {"hold": hold})).scalar_one())


async def entered_since(tx: Transaction, journey: str, since: datetime) -> int:
    """How many have entered the journey since then."""
    return int((await tx.execute(_ENTERED, {"journey": journey, "since": since})).scalar_one())


async def free(tx: Transaction, limit: int) -> list[FreeRun]:
    """Runs whose pause is lifted and which still rest, the longest first."""
    return [FreeRun(*row) for row in await tx.execute(_FREE, {"limit": limit})]


async def tell(tx: Transaction, runs: Collection[UUID]) -> list[Told]:
    """Gives those that still rest under a lifted pause a number for the command that tells them. Their customers are locked."""
    rows = (await tx.execute(_TELL, {"runs": list(runs)})).mappings()
    return [
        Told(
            row["run"],
            row["journey"],
            row["number"],
            row["time_scale"],
            row["hold"],
            row["due"],
            timedelta(seconds=row["spread_seconds"] or 0),
            row["lifted_at"],
        )
        for row in rows
    ]


async def own_number(tx: Transaction) -> str:
    """The number of this transaction, for `is_behind_all`."""
    return str((await tx.execute(text("SELECT pg_current_xact_id()::text"))).scalar_one())


async def is_behind_all(tx: Transaction, number: str) -> bool:
    """Whether every transaction that began before the one with this number has ended: none of them can miss what it wrote."""
    query = text("SELECT pg_snapshot_xmin(pg_current_snapshot()) > CAST(:number AS xid8)")
    return bool((await tx.execute(query, {"number": number})).scalar_one())


def _record(row: RowMapping) -> HoldRecord:
    values = dict(row)
    seconds = values.pop("spread_seconds")
    return HoldRecord(**values, over=timedelta(seconds=seconds) if seconds is not None else None)
