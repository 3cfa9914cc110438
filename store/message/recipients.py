"""Whom a message went to, as far as a public page may know."""

from uuid import UUID

from sqlalchemy import text

from domain.frozen import Frozen
from store.database import Transaction


class Recipient(Frozen):
    """`locale` is the customer's, `topic` the title (else the id) of the message's topic."""

    channel: str
    topic: str | None = None
    locale: str | None = None


_FIND = text(
    """
    SELECT m.channel, coalesce(nullif(t.title, ''), m.topic) AS topic, c.attributes ->> 'locale' AS locale
      FROM message m
      LEFT JOIN topic t ON t.id = m.topic
      LEFT JOIN customer c ON c.id = m.customer_id
     WHERE m.id = :id
    """
)


async def find(tx: Transaction, message_id: UUID) -> Recipient | None:
    """The recipient, or None when the message is not known (any more)."""
    row = (await tx.execute(_FIND, {"id": message_id})).mappings().one_or_none()
    return Recipient.model_validate(dict(row)) if row else None
