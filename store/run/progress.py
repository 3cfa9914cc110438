"""How far a run has come: read under lock, written with what was decided, in the transaction of its effect."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import JsonValue
from sqlalchemy import text

from domain.engine.state import EventRef, State
from domain.errors import NotFound
from domain.frozen import Frozen
from store.database import Transaction


class LockedRun(Frozen):
    """A run and its customer, both locked until the transaction ends. `now` is the transaction's time, `hold` the pause of
    the run's journey that stands, `revision` that of the catalog."""

    id: UUID
    customer_id: UUID
    journey_id: str
    version: int
    key: str
    status: str
    leaving: str | None
    ghost: bool
    number: int
    state: dict[str, Any]
    reply: dict[str, Any] | None
    entry: dict[str, JsonValue]
    gathered: dict[str, JsonValue]
    depth: int
    time_scale: float
    waiting_until: datetime | None
    attributes: dict[str, JsonValue]
    score: float
    position: int
    hold: UUID | None = None
    revision: int = 0
    now: datetime


class Written(Frozen):
    """What a run's row says after a request. `hears` are the listens that routing matches, as JSON."""

    state: State
    reply: dict[str, JsonValue]
    request: int
    status: str
    at: datetime
    hears: list[dict[str, JsonValue]]
    heard: int
    gathered: dict[str, JsonValue]


_CUSTOMER = text(
    """
    SELECT c.id FROM customer c WHERE c.id = (SELECT customer_id FROM run WHERE id = :run) FOR NO KEY UPDATE
    """
)
_COLUMNS = """
    r.id, r.customer_id, r.journey_id, r.version, r.key, r.status, r.leaving, r.ghost, r.number, r.state, r.reply,
    r.entry, r.gathered, r.depth, r.time_scale, r.waiting_until, c.attributes, c.score, c.position, now() AS now,
    (SELECT id FROM hold WHERE kind = 'journey' AND name = r.journey_id AND lifted_at IS NULL) AS hold,
    (SELECT revision FROM catalog) AS revision
"""
_RUN = text(
    f"""
    SELECT {_COLUMNS}
      FROM run r JOIN customer c ON c.id = r.customer_id
     WHERE r.id = :run
       FOR NO KEY UPDATE OF r
    """
)
_BOTH = text(
    f"""
    WITH c AS MATERIALIZED (
        SELECT * FROM customer WHERE id = (SELECT customer_id FROM run WHERE id = :run) FOR NO KEY UPDATE SKIP LOCKED
    )
    SELECT {_COLUMNS}
      FROM c JOIN run r ON c.id = r.customer_id
     WHERE r.id = :run
       FOR NO KEY UPDATE OF r SKIP LOCKED
    """
)
"""Both locks at once, the customer's first. It never waits for one: what was read would be older than the lock."""


async def lock(tx: Transaction, run: UUID) -> LockedRun:
    """Locks the run's customer, then the run: the same order everywhere. Raises NotFound when there is no such run.

    Mostly nobody else has them, and one statement is enough. A merge may give the run to another customer while this waits for
    the lock; then that one is locked too.
    """
    free = (await tx.execute(_BOTH, {"run": run})).mappings().first()
    if free is not None:
        return LockedRun.model_validate(dict(free))
    locked = None
    while True:
        customer = (await tx.execute(_CUSTOMER, {"run": run})).scalar_one_or_none()
        row = (await tx.execute(_RUN, {"run": run})).mappings().first()
        if row is None:
            raise NotFound(f"There is no run {run}.")
        if row["customer_id"] in (customer, locked):
            return LockedRun.model_validate(dict(row))
        locked = customer


_SAVE = text(
    """
    UPDATE run
       SET version = :version, state = CAST(:state AS jsonb), number = :number, reply = CAST(:reply AS jsonb), status = :status,
           step = :step, waiting_until = :until, listens = CAST(:listens AS jsonb), heard = :heard,
           gathered = CAST(:gathered AS jsonb), parked = CAST(:parked AS jsonb), hold_id = :hold,
           hold_step = :hold_step,
           held_at = CASE WHEN CAST(:hold AS uuid) IS NOT NULL THEN coalesce(held_at, CAST(:at AS timestamptz)) END,
           ended_reason = :ended_reason, ended_at = :ended_at
     WHERE id = :run
    """
)


async def save(tx: Transaction, written: Written) -> None:
    """Writes where the run is, and the reply that a repetition of the request will be given.

    Of a run that goes several ways at once `step` is the one that is parked, else the one that has the turn: when all wait, the
    one whose time is up first.
    """
    state = written.state
    is_ended = written.status == "ended"
    await tx.execute(
        _SAVE,
        {
            "run": state.run.id,
            "version": state.run.version,
            "state": state.model_dump_json(exclude_defaults=True),
            "number": written.request,
            "reply": _json(written.reply),
            "status": written.status,
            "step": state.parked_at[0] if state.parked_at else state.at,
            "until": state.waiting.until if state.waiting else None,
            "listens": _json({"listens": written.hears}),
            "heard": written.heard,
            "gathered": _json(written.gathered),
            "parked": _json({"code": state.parked_at[1], "at": written.at.isoformat()}) if state.parked_at else None,
            "hold": state.rests_at[1] if state.rests_at else None,
            "hold_step": state.rests_at[0] if state.rests_at else None,
            "at": written.at,
            "ended_reason": state.reason if is_ended else None,
            "ended_at": written.at if is_ended else None,
        },
    )


async def event_properties(tx: Transaction, event: EventRef) -> dict[str, JsonValue]:
    """What an event said. Empty when its retention is over."""
    query = text("SELECT properties FROM event WHERE id = :id AND received_at = :received_at")
    row = (await tx.execute(query, {"id": event.id, "received_at": event.accepted_at})).first()
    return dict(row.properties) if row else {}


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
