"""Operations: how far they are, what became of each run, and what operators say to them."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.admin.paging import Paging
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.errors import InvalidInput, NotFound
from domain.operations import ItemRecord, ItemResult, OperationRecord, OperationStatus, OperationWord
from domain.records import Page
from routing.bulk import launching
from store.operation import operations

router = APIRouter(prefix="/v1/operations", tags=["bulk"], dependencies=[Depends(sound_json)])


class Operations(Paging):
    """Filters; each narrows."""

    journey: str | None = Field(None, max_length=100, description="Over runs of this journey.")
    status: OperationStatus | None = Field(None, description="With this status.")


class Items(Paging):
    """Which of the operation's runs."""

    outcome: ItemResult | None = Field(None, description="With this outcome; by default all, also those still to come.")


class Word(StrEnum):
    """What can be said to an operation."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


_WORDS: dict[Word, OperationWord] = {Word.PAUSE: "pause", Word.RESUME: "resume", Word.CANCEL: "cancel"}


@router.get("")
async def list_operations(which: Annotated[Operations, Query()], opened: Open, _: AdminKey) -> Page[OperationRecord]:
    """Orders to many runs, the newest first."""
    async with opened.db.transaction() as tx:
        return await operations.page(
            tx, journey=which.journey, status=which.status, after=which.after, limit=which.limit
        )


@router.get("/{operation}")
async def show(operation: UUID, opened: Open, _: AdminKey) -> OperationRecord:
    """One operation, and how far it is."""
    async with opened.db.transaction() as tx:
        found = await operations.find(tx, operation)
    if found is None:
        raise NotFound(f"There is no operation {operation}. `GET /v1/operations` lists them.", code="unknown_operation")
    return found


@router.get("/{operation}/items")
async def list_items(
    operation: UUID, which: Annotated[Items, Query()], opened: Open, key: AdminKey
) -> Page[ItemRecord]:
    """The operation's runs in their order: what became of each, and why where it was left alone."""
    await show(operation, opened, key)
    async with opened.db.transaction() as tx:
        return await operations.items(
            tx, operation, outcome=which.outcome, after=_position(which.cursor), limit=which.limit
        )


@router.post("/{operation}/{word}")
async def command(operation: UUID, word: Word, opened: Open, key: AdminKey) -> OperationRecord:
    """Pauses, resumes or cancels an operation. What was done stays done; what a cancelled one has not come to is skipped."""
    return await launching.command(opened.db, await opened.temporal(), operation, _WORDS[word], key.prefix)


def _position(cursor: str | None) -> int:
    """Items are in a fixed order, so the place of the last one is cursor enough."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise InvalidInput(
            "cursor: this is not a cursor. Send back the `next_cursor` of the page before, unchanged.",
            code="invalid_cursor",
        )
    return int(cursor)
