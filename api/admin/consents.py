"""What customers said elsewhere, on a form or at a counter, about being written to."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from pydantic import AwareDatetime, Field, JsonValue, model_validator

from api.admin.customers import known_customer
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.document.words import CHANNELS
from domain.errors import InvalidDocument, NotFound, Problem
from domain.frozen import Frozen
from domain.records import CustomerRecord
from store.access import audit
from store.customer import customer_rows
from store.database import Transaction
from store.event import inbox
from store.permission import list_topics, statements

router = APIRouter(prefix="/v1/customers", tags=["customers"], dependencies=[Depends(sound_json)])

_AHEAD = timedelta(minutes=5)
"""By how much the clock of whoever tells us may be ahead."""


class Said(Frozen):
    """What a customer said, by channel and by topic: true for yes. The newest statement counts, so `at` must be when it was
    said; `source` and `proof` are what you will be asked for one day."""

    channels: dict[str, bool] = Field(default_factory=dict, max_length=20)
    topics: dict[str, bool] = Field(default_factory=dict, max_length=100)
    source: str = Field(min_length=1, max_length=200)
    at: AwareDatetime | None = Field(None, description="When it was said. Default: now.")
    proof: dict[str, JsonValue] = Field(default_factory=dict, description="Whatever shows it: form, wording, address.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.channels or self.topics):
            raise ValueError("name a channel or a topic")
        return self


_EXAMPLE = {
    "channels": {"sms": True},
    "topics": {"product-news": True},
    "source": "checkout form",
    "proof": {"form": "checkout-7", "wording": "Text me about my orders."},
}


@router.post("/{customer}/consents")
async def say(
    customer: UUID, said: Annotated[Said, Body(examples=[_EXAMPLE])], opened: Open, key: AdminKey
) -> CustomerRecord:
    """Records what the customer said. Every claim after the answer follows it; triggers hear Subscribed or Unsubscribed.

    A yes does not lift a suppression: who texted STOP has to text START, and a dead address stays dead.
    """
    now = datetime.now(UTC)
    async with opened.db.transaction() as tx:
        person = await known_customer(tx, customer)
        await _check(tx, said, now)
        told = statements.Statement(source=said.source, at=min(said.at or now, now), told_at=now, proof=said.proof)
        await statements.record(tx, person, told, channels=said.channels, topics=said.topics)
        detail: dict[str, JsonValue] = {"channels": dict(said.channels), "topics": dict(said.topics)}
        await audit.record(tx, key.prefix, "consent.record", str(person), detail)
        found = await customer_rows.find(tx, person)
    await inbox.notify(opened.db)
    if found is None:
        raise NotFound(f"There is no customer {customer}.", code="unknown_customer")
    return found


async def _check(tx: Transaction, said: Said, now: datetime) -> None:
    """Raises InvalidDocument that names every channel and topic that there is not."""
    known, one_of = {topic.id for topic in await list_topics(tx)}, f"Write one of {', '.join(CHANNELS)}."
    problems = [
        Problem(path=f"channels.{name[:100]}", message="there is no such channel.", remedy=one_of)
        for name in said.channels
        if name not in CHANNELS
    ]
    problems += [
        Problem(
            path=f"topics.{name[:100]}", message="there is no such topic.", remedy="Create it first: `PUT /v1/topics`."
        )
        for name in said.topics
        if name not in known
    ]
    if said.at is not None and said.at > now + _AHEAD:
        problems.append(Problem(path="at", message="this is in the future.", remedy="Write when it was said."))
    if problems:
        raise InvalidDocument(problems)
