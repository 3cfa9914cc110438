"""Messages as operators read them: lists with filters, and one message with its content. `store/message/ledger.py` writes them."""

from uuid import UUID

from sqlalchemy import RowMapping, exists, select, tuple_
from sqlmodel import col

from domain.cursors import Cursor
from domain.frozen import Frozen
from domain.records import MessageDetail, MessageRecord, MessageState, Page
from store.database import Transaction
from store.tables.messages import Message
from store.tables.runs import Run


class MessageFilter(Frozen):
    """Which messages. What is None does not narrow. `shadow`: whether a run in shadow would have sent it."""

    customer: UUID | None = None
    run: UUID | None = None
    journey: str | None = None
    step: str | None = None
    channel: str | None = None
    state: MessageState | None = None
    shadow: bool | None = None


async def page(
    tx: Transaction, which: MessageFilter, *, after: Cursor | None = None, limit: int = 50
) -> Page[MessageRecord]:
    """At most `limit` messages, the newest claim first, from behind `after` on."""
    query = select(Message).order_by(col(Message.claimed_at).desc(), col(Message.id).desc()).limit(limit + 1)
    columns = {
        "customer": Message.customer_id,
        "run": Message.run_id,
        "journey": Message.journey_id,
        "step": Message.step,
        "channel": Message.channel,
        "state": Message.state,
    }
    for name, value in which.model_dump(exclude_none=True, exclude={"shadow"}).items():
        query = query.where(col(columns[name]) == value)
    if which.shadow is not None:
        in_shadow = exists().where(col(Run.id) == col(Message.run_id), col(Run.shadow))
        query = query.where(in_shadow if which.shadow else ~in_shadow)
    if after:
        query = query.where(tuple_(col(Message.claimed_at), col(Message.id)) < (after.at, after.id))
    messages = [record(row) for row in (await tx.execute(query)).mappings()]
    last = messages[limit - 1] if len(messages) > limit else None
    return Page(items=tuple(messages[:limit]), next_cursor=last and str(Cursor(at=last.claimed_at, id=last.id)))


async def find(tx: Transaction, message: UUID) -> MessageDetail | None:
    """One message with its content, or None."""
    row = (await tx.execute(select(Message).where(col(Message.id) == message))).mappings().one_or_none()
    return MessageDetail(**record(row).model_dump(), content=row["content"]) if row else None


def record(row: RowMapping) -> MessageRecord:
    """A row of the ledger as it is read back."""
    known = {name: row[name] for name in MessageRecord.model_fields if name in row}
    return MessageRecord(journey=row["journey_id"], **known)
