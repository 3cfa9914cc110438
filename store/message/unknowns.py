"""Unknown hand-overs about which the provider can be asked, and what it said."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from domain.frozen import Frozen
from store.database import Transaction

MOST = 100


class UnknownHandOver(Frozen):
    """`now` is the database's time."""

    id: UUID
    channel: str
    address: str
    text: str
    claimed_at: datetime
    lease_until: datetime
    now: datetime


_DUE = text(
    """
    WITH due AS (
        SELECT id FROM message
         WHERE state = 'unknown' AND channel = ANY(:channels) AND content ->> 'text' IS NOT NULL
           AND (answer ->> 'asked_at' IS NULL OR now() - claimed_at > 2 * ((answer ->> 'asked_at')::timestamptz - claimed_at))
         ORDER BY lease_until LIMIT :most
           FOR UPDATE SKIP LOCKED
    )
    UPDATE message SET answer = message.answer || jsonb_build_object('asked_at', now()) FROM due WHERE message.id = due.id
    RETURNING message.id, channel, address, content ->> 'text' AS text, claimed_at, lease_until, now() AS now
    """
)


async def due(tx: Transaction, channels: Sequence[str]) -> list[UnknownHandOver]:
    """Those that are to be asked about now, which are marked as asked: again when they are twice as old as now."""
    rows = (await tx.execute(_DUE, {"channels": list(channels), "most": MOST})).mappings()
    return [UnknownHandOver.model_validate(dict(row)) for row in rows]


_KNOWN = text("SELECT provider_id FROM message WHERE provider = :provider AND provider_id = ANY(:listed)")
_RIVALS = text(
    "SELECT EXISTS (SELECT 1 FROM message WHERE state IN ('claimed', 'unknown')"
    " AND channel = :channel AND address = :address AND id <> :id)"
)


async def known(tx: Transaction, provider: str, listed: Collection[str]) -> set[str]:
    """Those of the provider's ids that stand for messages of ours."""
    return set((await tx.execute(_KNOWN, {"provider": provider, "listed": list(listed)})).scalars())


async def has_rivals(tx: Transaction, which: UnknownHandOver) -> bool:
    """Whether the end of another hand-over to the same address is open."""
    asked = which.model_dump(include={"id", "channel", "address"})
    return bool((await tx.execute(_RIVALS, asked)).scalar_one())


_SETTLE = text(
    """
    UPDATE message
       SET state = CASE WHEN CAST(:provider_id AS text) IS NULL THEN 'released' ELSE 'handed_over' END,
           handed_over_at = CASE WHEN CAST(:provider_id AS text) IS NULL THEN NULL ELSE claimed_at END,
           provider = CAST(:provider AS text), provider_id = CAST(:provider_id AS text),
           answer = answer || jsonb_build_object('resolved_by', CAST(:provider AS text))
     WHERE id = :id AND state = 'unknown'
    """
)


async def settle(tx: Transaction, message: UUID, provider: str, provider_id: str | None) -> bool:
    """Writes the provider's word: its id for the message, or None because it never took it. False when somebody was faster."""
    said = {"id": message, "provider": provider, "provider_id": provider_id}
    return (await tx.execute(_SETTLE, said)).rowcount == 1
