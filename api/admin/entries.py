"""Entering somebody by hand: the request is an event like any other."""

from datetime import UTC, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from pydantic import Field, JsonValue, model_validator

from api.admin.journeys import JourneyName
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.entering import check_inputs
from domain.errors import Conflict, InvalidDocument, NotFound
from domain.events import AcceptedEvent, EventName
from domain.frozen import Frozen
from domain.ids import new_id
from domain.program import Program
from store.access import audit
from store.customer import customer_rows
from store.database import Transaction
from store.event import inbox
from store.journey import journeys

router = APIRouter(prefix="/v1/journeys", tags=["journeys"], dependencies=[Depends(sound_json)])


class Enter(Frozen):
    """Who (exactly one way of saying it), and what the journey needs to know.

    `data` are the properties of the event that starts the run (`event.`), `inputs` what the journey declares (`run.`).
    The same `message_id` twice is one request.
    """

    user_id: str | None = Field(None, min_length=1, max_length=500)
    anonymous_id: str | None = Field(None, min_length=1, max_length=500)
    customer_id: UUID | None = None
    email: str | None = Field(None, min_length=3, max_length=500, description="Of exactly one known customer.")
    inputs: dict[str, JsonValue] = Field(default_factory=dict)
    data: dict[str, JsonValue] = Field(default_factory=dict)
    message_id: str | None = Field(None, min_length=1, max_length=255)

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(value is not None for value in (self.user_id, self.anonymous_id, self.customer_id, self.email)) != 1:
            raise ValueError("name the customer by exactly one of user_id, anonymous_id, customer_id and email")
        return self


class Requested(Frozen):
    """The request is committed and will be routed. `accepted` is false when this `message_id` was known already."""

    message_id: str
    accepted: bool


_EXAMPLE = {"user_id": "42", "inputs": {"starts_at": "2026-12-01T18:00:00Z"}, "data": {"webinar_id": "w-7"}}


@router.post("/{journey}/enter", status_code=202)
async def enter(
    journey: JourneyName, wanted: Annotated[Enter, Body(examples=[_EXAMPLE])], opened: Open, key: AdminKey
) -> Requested:
    """Asks for a run of a journey with `manual: true`. Its rules for entering again still hold; `explain` tells the outcome."""
    now = datetime.now(UTC)
    async with opened.db.transaction() as tx:
        program = await _manual_program(tx, journey)
        if problems := check_inputs(program.inputs, wanted.inputs):
            raise InvalidDocument(problems)
        event = AcceptedEvent(
            type="internal",
            name=EventName.ENTRY_REQUESTED,
            identities=(await _identity(tx, wanted),),
            message_id=wanted.message_id or str(new_id()),
            source=key.source,
            timestamp=now,
            received_at=now,
            properties={"journey": journey, "inputs": wanted.inputs, "data": wanted.data},
        )
        [accepted] = await inbox.accept(tx, [event])
        await audit.record(tx, key.prefix, "journey.enter", journey, {"message_id": event.message_id})
    await inbox.notify(opened.db)
    return Requested(message_id=event.message_id, accepted=accepted)


async def _manual_program(tx: Transaction, journey: str) -> Program:
    stored = await journeys.find(tx, journey)
    if stored is None:
        raise NotFound(f"There is no journey {journey}.", code="unknown_journey")
    live = await journeys.version(tx, journey, stored.live_version) if stored.live_version else None
    if live is None or stored.status != "live":
        raise Conflict(f"The journey {journey} is not live. Publish it first.", code="not_live")
    program = Program.model_validate(live.program)
    if not any(entry.manual for entry in program.entries):
        raise Conflict(
            f"Nobody enters {journey} by request. Add `{{manual: true}}` to its entries and publish it.",
            code="not_manual",
        )
    return program


async def _identity(tx: Transaction, wanted: Enter) -> str:
    """The `kind:value` key of the customer. Raises NotFound for an unknown customer, Conflict for an ambiguous address."""
    if wanted.user_id is not None:
        return f"user_id:{wanted.user_id}"
    if wanted.anonymous_id is not None:
        return f"anonymous_id:{wanted.anonymous_id}"
    if wanted.customer_id is not None:
        current = await customer_rows.current_id(tx, wanted.customer_id)
        if current is None:
            raise NotFound(f"There is no customer {wanted.customer_id}.", code="unknown_customer")
        return f"customer_id:{current}"
    found = await customer_rows.search(tx, customer_rows.CustomerFilter(email=wanted.email), limit=2)
    if not found:
        raise NotFound("No customer has this email address. Identify them first.", code="unknown_customer")
    if len(found) > 1:
        raise Conflict("Several customers have this email address. Name one by user_id.", code="ambiguous_customer")
    return f"customer_id:{found[0]}"
