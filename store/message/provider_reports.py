"""What a provider's call-back changes in the ledger, before the reaction itself is recorded (`store/message/reactions.py`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from domain.frozen import Frozen
from store.database import Transaction


class Reported(Frozen):
    """The message that a call-back is about; its row is locked until the transaction ends."""

    id: UUID
    customer_id: UUID
    address: str


_FIND = text("""
    SELECT id, customer_id, address FROM message
     WHERE channel = :channel AND id = COALESCE(:id, (
           SELECT id FROM message WHERE provider = :provider AND provider_id = :provider_id LIMIT 1))
       FOR UPDATE
""")

_CONFIRM = text("""
    UPDATE message
       SET state = 'handed_over', handed_over_at = COALESCE(handed_over_at, :at),
           provider = :provider, provider_id = :provider_id,
           answer = answer || jsonb_build_object('resolved_by', 'call-back')
     WHERE id = :id AND (state = 'unknown' OR (state = 'claimed' AND :final))
""")


async def find(
    tx: Transaction, *, message: UUID | None, channel: str, provider: str, provider_id: str
) -> Reported | None:
    """The message with our id, else with the provider's; None if there is none. Ours is known before the hand-over, so a
    call-back finds its message even if it overtakes the answer."""
    known = {"id": message, "channel": channel, "provider": provider, "provider_id": provider_id}
    row = (await tx.execute(_FIND, known)).mappings().one_or_none()
    return Reported.model_validate(dict(row)) if row else None


async def confirm(
    tx: Transaction, message: UUID, *, provider: str, provider_id: str, final: bool, at: datetime
) -> bool:
    """The provider has it: a hand-over that was unknown becomes `handed_over`; False if its outcome was known.

    A claim whose answer is on its way is left alone, unless the report is `final`: then the claim would come too late.
    """
    known = {"id": message, "provider": provider, "provider_id": provider_id, "final": final, "at": at}
    return (await tx.execute(_CONFIRM, known)).rowcount == 1
