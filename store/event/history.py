"""A customer's applied events, as a waiting run reads them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from domain.looking_back import Past
from store.database import Transaction

_AFTER = text(
    """
    SELECT id, position, name, received_at, properties FROM event
     WHERE customer_id = :customer AND position > :position AND name = ANY(:names)
       AND (CAST(:until AS timestamptz) IS NULL OR received_at <= :until)
     ORDER BY position
    """
)


async def after(
    tx: Transaction, customer: UUID, position: int, names: Sequence[str], until: datetime | None
) -> list[Past]:
    """Events with one of these names applied after `position` (and accepted by `until`), in the order of application."""
    parameters = {"customer": customer, "position": position, "names": list(names), "until": until}
    rows = (await tx.execute(_AFTER, parameters)).mappings()
    return [Past(**row) for row in rows]


_PENDING = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM inbox
         WHERE identities && ARRAY(SELECT kind || ':' || value FROM identity WHERE customer_id = :customer
                                   UNION ALL SELECT 'customer_id:' || CAST(:customer AS text))
           AND (CAST(:until AS timestamptz) IS NULL OR received_at <= :until)
           AND (CAST(:names AS text[]) IS NULL OR name = ANY(CAST(:names AS text[]))))
    """
)


async def is_pending(
    tx: Transaction, customer: UUID, until: datetime | None = None, names: Sequence[str] | None = None
) -> bool:
    """Is there an accepted event of this customer (by `until`, with one of `names`) that is not applied yet?"""
    parameters = {"customer": customer, "until": until, "names": list(names) if names is not None else None}
    return bool((await tx.execute(_PENDING, parameters)).scalar_one())
