"""What a customer said elsewhere, as consents and as events of their timeline."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue

from domain.events import AcceptedEvent, EventName
from domain.frozen import Frozen
from domain.ids import new_id
from store.customer import customers
from store.database import Transaction
from store.event import inbox
from store.permission.consent import grant, withdraw


class Statement(Frozen):
    """Where and when something was said, when we were told, and what shows it."""

    source: str
    at: datetime
    told_at: datetime
    proof: dict[str, JsonValue] = Field(default_factory=dict)


async def record(
    tx: Transaction, customer: UUID, said: Statement, *, channels: Mapping[str, bool], topics: Mapping[str, bool]
) -> None:
    """Takes the customer's lock, so that a claim sees all of it or nothing. Call `inbox.notify` after the commit."""
    await customers.lock(tx, [customer])
    told = new_id()
    events = []
    about = [("channel", channel, granted) for channel, granted in channels.items()]
    about += [("topic", topic, granted) for topic, granted in topics.items()]
    for kind, name, granted in about:
        write = grant if granted else withdraw
        await write(tx, customer, **{kind: name}, source=said.source, at=said.at, proof=said.proof)
        events.append(
            AcceptedEvent(
                type="internal",
                name=EventName.SUBSCRIBED if granted else EventName.UNSUBSCRIBED,
                identities=(f"customer_id:{customer}",),
                message_id=f"{told}/{kind}/{name}",
                source="consents",
                timestamp=said.at,
                received_at=said.told_at,
                properties={kind: name, "subscribed": granted, "machine": False},
                applied=True,
            )
        )
    await inbox.accept(tx, events)
