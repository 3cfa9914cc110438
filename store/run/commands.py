"""The outbox: starts and signals that Temporal has not confirmed yet, in order per run."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import text

from domain.ids import slot_of
from store.database import Transaction
from store.run.rows import NewCommand, StartRow

START = "start"
SIGNAL = "signal"


class ReadyCommand(NamedTuple):
    """A command whose turn it is."""

    id: int
    run: UUID
    journey: str
    number: int
    kind: str
    body: dict[str, Any]
    attempts: int
    created_at: datetime


_UNBLOCKED = """
    not_before <= now() AND NOT EXISTS (
        SELECT 1 FROM command AS earlier
        WHERE earlier.run_id = command.run_id AND earlier.number < command.number AND earlier.not_before > now()
    )
"""

_CLAIM = text(f"""
    WITH oldest AS MATERIALIZED (
        SELECT slot, id FROM command WHERE {_UNBLOCKED} ORDER BY id LIMIT 500
    ), head AS (
        SELECT slot, min(id) AS id FROM oldest GROUP BY slot
        UNION ALL
        SELECT slot.number,
            (SELECT id FROM command WHERE command.slot = slot.number AND {_UNBLOCKED} ORDER BY id LIMIT 1)
        FROM slot
        WHERE kind = 'deliver' AND (SELECT count(*) FROM oldest) = 500 AND slot.number NOT IN (SELECT slot FROM oldest)
    )
    SELECT slot.number FROM slot JOIN head ON head.slot = slot.number
    WHERE kind = 'deliver' AND head.id IS NOT NULL ORDER BY head.id LIMIT :most
    FOR UPDATE OF slot SKIP LOCKED
""")
"""As the claim of `store.event.arrivals`: slots are asked one by one only where more waits than the oldest 500."""

_READY = text(f"""
    SELECT id, run_id, journey_id, number, kind, body, attempts, created_at FROM command
    WHERE slot = ANY(:slots) AND {_UNBLOCKED} ORDER BY id LIMIT :limit
""")

START_COLUMNS = """
    id, journey_id, version, customer_id, key, ghost, shadow, status, entry, coalesce(started_at, entered_at), time_scale
"""
"""The columns of a `StartRow`, in its order."""

_STARTS = text(f"""
    SELECT {START_COLUMNS} FROM run WHERE id = ANY(CAST(:runs AS uuid[]))
""")

_ENDED = text("SELECT id FROM run WHERE id = ANY(CAST(:runs AS uuid[])) AND status = 'ended'")

_CONFIRM = text("DELETE FROM command WHERE id = ANY(:ids)")

_PUT_OFF = text("""
    UPDATE command SET attempts = attempts + 1, failure = new.failure, not_before = now() + new.pause
    FROM unnest(CAST(:ids AS bigint[]), CAST(:failures AS text[]), CAST(:pauses AS interval[])) AS new (id, failure, pause)
    WHERE command.id = new.id
""")


_ADD = text("""
    INSERT INTO command (slot, run_id, journey_id, number, kind, body)
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
        slot smallint, run_id uuid, journey_id text, number integer, kind text, body jsonb
    )
""")


async def add(tx: Transaction, commands: Sequence[NewCommand]) -> None:
    """Puts commands into the outbox. Their numbers are those of `run.last_command`, written in the same transaction."""
    if not commands:
        return
    rows = [
        {
            "slot": slot_of(str(command.run)),
            "run_id": command.run,
            "journey_id": command.journey,
            "number": command.number,
            "kind": SIGNAL if command.delivery else START,
            "body": command.delivery.model_dump(mode="json", exclude_none=True) if command.delivery else {},
        }
        for command in commands
    ]
    await tx.execute(_ADD, {"rows": orjson.dumps(rows).decode()})


async def claim_slots(tx: Transaction, *, most: int) -> list[int]:
    """Locks up to `most` slots that hold commands whose turn it is and that nobody else has, the oldest first."""
    return list((await tx.execute(_CLAIM, {"most": most})).scalars())


async def ready(tx: Transaction, slots: Collection[int], *, limit: int) -> list[ReadyCommand]:
    """The oldest commands of claimed slots whose turn it is: one that was put off blocks the later ones of its run."""
    found = await tx.execute(_READY, {"slots": list(slots), "limit": limit})
    return [ReadyCommand(*row) for row in found]


async def starts(tx: Transaction, runs: Collection[UUID]) -> dict[UUID, StartRow]:
    """What these runs are started with."""
    if not runs:
        return {}
    return {row[0]: StartRow(*row) for row in await tx.execute(_STARTS, {"runs": list(runs)})}


async def ended(tx: Transaction, runs: Collection[UUID]) -> set[UUID]:
    """Which of these runs have ended."""
    if not runs:
        return set()
    return set((await tx.execute(_ENDED, {"runs": list(runs)})).scalars())


async def confirm(tx: Transaction, ids: Collection[int]) -> None:
    """Temporal has them."""
    if ids:
        await tx.execute(_CONFIRM, {"ids": list(ids)})


async def put_off(tx: Transaction, failures: Sequence[tuple[int, str, timedelta]]) -> None:
    """These failed (what kind of failure, never its text) and are tried again after a pause."""
    if not failures:
        return
    parameters = {
        "ids": [command for command, _, _ in failures],
        "failures": [failure for _, failure, _ in failures],
        "pauses": [pause for _, _, pause in failures],
    }
    await tx.execute(_PUT_OFF, parameters)
