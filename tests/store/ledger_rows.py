"""A message in the ledger and its run, written straight into the tables."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlmodel import col

from domain.ids import new_id
from store.database import Database
from store.tables.customers import Customer
from store.tables.events import Inbox
from store.tables.messages import Message
from store.tables.runs import Run

SENT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def sent_message(db: Database, *, time_scale: float = 1.0, **changes: Any) -> UUID:
    """A mail that was handed over at SENT to a customer of its own; gives its id."""
    customer, run, message = new_id(), new_id(), new_id()
    attributes = changes.pop("attributes", {"email": "ada@example.com"})
    usual: dict[str, Any] = {
        "id": message,
        "customer_id": customer,
        "journey_id": "welcome",
        "version": 1,
        "run_id": run,
        "step": "send-hello",
        "visit": 1,
        "attempt": 1,
        "channel": "email",
        "topic": "news",
        "template": "hello",
        "template_version": 1,
        "state": "handed_over",
        "address": "ada@example.com",
        "content_hash": "x",
        "content": {},
        "answer": {},
        "claimed_at": SENT,
        "lease_until": SENT + timedelta(minutes=1),
        "handed_over_at": SENT,
    }
    row = Message(**(usual | changes))
    moments = {"created_at": SENT, "updated_at": SENT}
    async with db.transaction() as tx:
        await tx.execute(insert(Customer).values(id=customer, attributes=attributes, **moments))
        entered = {"journey_id": "welcome", "version": 1, "customer_id": customer, "entered_at": SENT}
        await tx.execute(insert(Run).values(id=run, time_scale=time_scale, **entered))
        await tx.execute(insert(Message).values(row.model_dump()))
    return message


async def message_row(db: Database, message: UUID) -> dict[str, Any]:
    async with db.transaction() as tx:
        return dict((await tx.execute(select(Message).where(col(Message.id) == message))).mappings().one())


async def inbox_events(db: Database) -> list[dict[str, Any]]:
    """The bodies of what waits in the inbox, oldest first."""
    async with db.transaction() as tx:
        return list((await tx.execute(select(col(Inbox.body)).order_by(col(Inbox.id)))).scalars())
