"""Messages: the send ledger, and the word of a person on what nobody could tell."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.admin.paging import Paging
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.errors import NotFound
from domain.frozen import Frozen
from domain.records import MessageDetail, MessageRecord, MessageState, Page
from routing import operations
from store.access import audit
from store.message import message_rows

router = APIRouter(prefix="/v1/messages", tags=["messages"], dependencies=[Depends(sound_json)])


class MessageQuery(Paging):
    """Filters; each narrows."""

    customer: UUID | None = Field(None, description="To this customer.")
    run: UUID | None = Field(None, description="By this run.")
    journey: str | None = Field(None, max_length=100, description="By this journey.")
    step: str | None = Field(None, max_length=200, description="By steps with this id.")
    channel: str | None = Field(None, max_length=50, description="Over this channel.", examples=["email"])
    state: MessageState | None = Field(None, description="In this state.")


class Resolution(Frozen):
    """What a person found out: whether the provider took the message."""

    resolved: Literal["sent", "not_sent"] = Field(alias="as", examples=["sent"])


@router.get("")
async def list_messages(which: Annotated[MessageQuery, Query()], opened: Open, _: AdminKey) -> Page[MessageRecord]:
    """Messages, the newest claim first."""
    wanted = message_rows.MessageFilter.model_validate(which.model_dump(exclude={"cursor", "limit"}))
    async with opened.db.transaction() as tx:
        return await message_rows.page(tx, wanted, after=which.after, limit=which.limit)


@router.get("/{message}")
async def show(message: UUID, opened: Open, _: AdminKey) -> MessageDetail:
    """One message with the text that was rendered for it."""
    async with opened.db.transaction() as tx:
        found = await message_rows.find(tx, message)
    if found is None:
        raise NotFound(f"There is no message {message}. `GET /v1/messages` lists them.", code="unknown_message")
    return found


@router.post("/{message}/resolve")
async def resolve(message: UUID, resolution: Resolution, opened: Open, key: AdminKey) -> MessageDetail:
    """Settles a message in state `unknown`, so that its run goes on: `sent` counts it as handed over, `not_sent` sends again."""
    await operations.resolve_message(
        opened.db, await opened.temporal(), message, resolution.resolved == "sent", key.prefix
    )
    async with opened.db.transaction() as tx:
        await audit.record(tx, key.prefix, "message.resolve", str(message), {"as": resolution.resolved})
    return await show(message, opened, key)
