"""What people text back: STOP, START, and everything else."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import text

from domain.events import AcceptedEvent, EventName
from store.customer.addresses import normalise
from store.database import Transaction
from store.event import inbox
from store.message import reactions
from store.permission import STOPPED, grant, suppress, unsuppress, withdraw

CHANNEL = "sms"

_PEOPLE = text("""
    SELECT id FROM customer
     WHERE (attributes ->> 'phone') = :number AND merged_into IS NULL ORDER BY id FOR UPDATE
""")

_LAST = text("""
    SELECT id, customer_id FROM message
     WHERE customer_id = ANY(:people) AND channel = :channel AND address = :number
       AND state NOT IN ('claimed', 'released', 'refused', 'ghost')
     ORDER BY claimed_at DESC LIMIT 1
""")


async def stop(tx: Transaction, number: str, *, text_id: str, at: datetime, proof: Mapping[str, JsonValue]) -> None:
    """Nobody at this number gets another message: the number is suppressed, and consent withdrawn for whoever has it.

    It holds for every claim after the commit. Call `inbox.notify` after that. `text_id` is the provider's for this text.
    """
    number = normalise(CHANNEL, number) or number
    await suppress(tx, CHANNEL, number, reason=STOPPED, at=at, source="inbound")
    people = await _people(tx, number)
    answered = await _last(tx, number, people)
    for person in people:
        if answered is not None and answered[1] == person:
            await reactions.record(tx, answered[0], "unsubscribed", at=at, proof=proof)
        else:
            await withdraw(tx, person, channel=CHANNEL, source="recipient", at=at, proof=proof)
            await inbox.accept(tx, [_said(person, EventName.UNSUBSCRIBED, text_id, at)])


async def start(tx: Transaction, number: str, *, text_id: str, at: datetime, proof: Mapping[str, JsonValue]) -> None:
    """Takes a STOP back: consent is given again, and the suppression lifted if STOP was its reason."""
    number = normalise(CHANNEL, number) or number
    await unsuppress(tx, CHANNEL, number, only=STOPPED)
    for person in await _people(tx, number):
        await grant(tx, person, channel=CHANNEL, source="recipient", at=at, proof=proof)
        await inbox.accept(tx, [_said(person, EventName.SUBSCRIBED, text_id, at)])


async def reply(tx: Transaction, number: str, *, at: datetime, proof: Mapping[str, JsonValue]) -> bool:
    """An answer to the last message that went to this number. False if none did."""
    number = normalise(CHANNEL, number) or number
    answered = await _last(tx, number, await _people(tx, number))
    return answered is not None and await reactions.record(tx, answered[0], "replied", at=at, proof=proof)


async def _people(tx: Transaction, number: str) -> list[UUID]:
    return list((await tx.execute(_PEOPLE, {"number": number})).scalars())


async def _last(tx: Transaction, number: str, people: list[UUID]) -> tuple[UUID, UUID] | None:
    asked = {"people": people, "channel": CHANNEL, "number": number}
    row = (await tx.execute(_LAST, asked)).one_or_none()
    return (row[0], row[1]) if row else None


def _said(person: UUID, name: EventName, text_id: str, at: datetime) -> AcceptedEvent:
    return AcceptedEvent(
        type="internal",
        name=name,
        identities=(f"customer_id:{person}",),
        message_id=f"{text_id}/{person}",
        source="texting",
        timestamp=at,
        received_at=at,
        properties={"channel": CHANNEL, "machine": False},
        applied=True,
    )
