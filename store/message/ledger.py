"""The send ledger: what was to be handed over, written before it, and what became of it.

`claimed -> released | handed_over | refused | unknown`. A claim holds until its lease is over; the lease is also the fence:
an answer is written only while its own claim stands. Whoever claims holds the locks of customer and run.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text, update
from sqlmodel import col

from domain.frozen import Frozen
from domain.ids import MessageId
from store.database import Transaction
from store.tables.messages import Message


class Attempt(Frozen):
    """One row of the ledger for a (run, step, visit)."""

    id: MessageId
    attempt: int
    channel: str
    state: str
    lease_until: datetime
    unknown_count: int

    @property
    def is_live(self) -> bool:
        return self.state not in ("released", "refused")


_ATTEMPTS = text(
    "SELECT id, attempt, channel, state, lease_until, unknown_count FROM message"
    " WHERE run_id = :run AND step = :step AND visit = :visit ORDER BY attempt"
)


async def attempts(tx: Transaction, run: UUID, step: str, visit: int) -> list[Attempt]:
    """Every attempt so far, oldest first; at most one of them is live."""
    rows = (await tx.execute(_ATTEMPTS, {"run": run, "step": step, "visit": visit})).mappings()
    return [Attempt.model_validate(dict(row)) for row in rows]


_CLAIM = text("INSERT INTO message SELECT * FROM jsonb_populate_record(CAST(NULL AS message), CAST(:row AS jsonb))")


async def claim(tx: Transaction, row: Message) -> None:
    """Writes the intention. The partial unique index refuses a second live one."""
    await tx.execute(_CLAIM, {"row": row.model_dump_json()})


async def claim_again(tx: Transaction, message: UUID, lease_until: datetime) -> None:
    """Takes an unknown hand-over up again under the same message id, where the medium de-duplicates by it."""
    await tx.execute(update(Message).where(col(Message.id) == message).values(state="claimed", lease_until=lease_until))


async def mark_unknown(tx: Transaction, message: UUID) -> None:
    """Nobody can say whether it was handed over."""
    await tx.execute(
        update(Message)
        .where(col(Message.id) == message, col(Message.state) == "claimed")
        .values(state="unknown", unknown_count=Message.unknown_count + 1)
    )


_ANSWER = text(
    """
    UPDATE message
       SET state = CAST(:state AS text), answer = CAST(:answer AS jsonb), provider = CAST(:provider AS text),
           provider_id = COALESCE(CAST(:provider_id AS text), provider_id),
           price = COALESCE(CAST(:price AS double precision), price),
           handed_over_at = CASE WHEN CAST(:state AS text) = 'handed_over' THEN CAST(:at AS timestamptz) END,
           unknown_count = unknown_count + CASE WHEN CAST(:state AS text) = 'unknown' THEN 1 ELSE 0 END
     WHERE id = :id AND state = 'claimed' AND lease_until = :lease
    """
)


async def answer(
    tx: Transaction,
    message: UUID,
    lease: datetime,
    state: str,
    *,
    at: datetime,
    answer: Mapping[str, Any],
    provider: str | None = None,
    provider_id: str | None = None,
    price: float | None = None,
) -> bool:
    """Writes what became of a claim. False when the claim is no longer this one: an older attempt is fenced off."""
    result = await tx.execute(
        _ANSWER,
        {
            "id": message,
            "lease": lease,
            "state": state,
            "answer": orjson.dumps(dict(answer)).decode(),
            "provider": provider,
            "provider_id": provider_id,
            "price": price,
            "at": at,
        },
    )
    return result.rowcount == 1


_RESOLVE = text(
    """
    UPDATE message SET state = :state, handed_over_at = CASE WHEN CAST(:sent AS boolean) THEN claimed_at ELSE handed_over_at END,
           answer = answer || jsonb_build_object('resolved_by', CAST(:by AS text))
     WHERE id = :id AND state = 'unknown'
    """
)


async def resolve(tx: Transaction, message: UUID, *, sent: bool, by: str) -> bool:
    """A person's word on an unknown hand-over. False when it is not unknown."""
    state = "handed_over" if sent else "released"
    result = await tx.execute(_RESOLVE, {"id": message, "state": state, "sent": sent, "by": by})
    return result.rowcount == 1


_SWEEP = text(
    """
    UPDATE message SET state = 'unknown', unknown_count = unknown_count + 1
     WHERE state = 'claimed' AND lease_until < now() - make_interval(secs => :grace)
    RETURNING id
    """
)


async def sweep(tx: Transaction, grace_seconds: float) -> int:
    """Marks claims whose lease has long been over as unknown, and gives their number: a run that was terminated, or whose
    worker never came back, leaves no silent loss."""
    return len((await tx.execute(_SWEEP, {"grace": grace_seconds})).all())


_SETTLED = text(
    """
    SELECT r.id FROM run r
     WHERE r.status = 'parked' AND r.parked ->> 'code' = 'unknown'
       AND NOT EXISTS (SELECT 1 FROM message m WHERE m.run_id = r.id AND m.step = r.step AND m.state IN ('claimed', 'unknown'))
     LIMIT 500
    """
)


async def settled_runs(tx: Transaction) -> list[UUID]:
    """Runs parked over an unknown hand-over that has been resolved meanwhile, by a person or a late call-back."""
    return list((await tx.execute(_SETTLED)).scalars())
