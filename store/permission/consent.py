"""What customers said about channels and topics. Nothing is ever changed; the newest statement by `at` counts."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import insert

from domain.ids import new_id
from store.database import Transaction
from store.tables.permissions import Consent


async def grant(
    tx: Transaction,
    customer_id: UUID,
    *,
    channel: str | None = None,
    topic: str | None = None,
    source: str,
    at: datetime,
    proof: Mapping[str, JsonValue] | None = None,
) -> None:
    """Adds a yes to a channel or to a topic (exactly one of them)."""
    await _say(tx, customer_id, True, channel, topic, source, at, proof)


async def withdraw(
    tx: Transaction,
    customer_id: UUID,
    *,
    channel: str | None = None,
    topic: str | None = None,
    source: str,
    at: datetime,
    proof: Mapping[str, JsonValue] | None = None,
) -> None:
    """Adds a no to a channel or to a topic (exactly one of them). Every claim after the commit sees it."""
    await _say(tx, customer_id, False, channel, topic, source, at, proof)


async def _say(
    tx: Transaction,
    customer_id: UUID,
    granted: bool,
    channel: str | None,
    topic: str | None,
    source: str,
    at: datetime,
    proof: Mapping[str, JsonValue] | None,
) -> None:
    if (channel is None) == (topic is None):
        raise ValueError("consent is about a channel or about a topic: name exactly one of them")
    row = Consent(
        id=new_id(),
        customer_id=customer_id,
        channel=channel,
        topic=topic,
        granted=granted,
        source=source,
        proof=dict(proof or {}),
        at=at,
    )
    await tx.execute(insert(Consent), row.model_dump())
