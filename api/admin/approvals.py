"""Approvals: what runs ask of people, and the answers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.admin.paging import Paging
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.approving import (
    Status,
    answer_event,
    content_of,
    digest_of,
    is_same_content,
    sends_of,
    templates_of,
)
from domain.cursors import Cursor
from domain.errors import Conflict, NotFound
from domain.frozen import Frozen
from domain.program import Program
from domain.records import Page
from store.access import audit
from store.database import Transaction
from store.event import inbox
from store.journey import approvals, journeys
from store.journey.approvals import Approval
from store.run import operating

router = APIRouter(prefix="/v1/approvals", tags=["approvals"], dependencies=[Depends(sound_json)])


class Which(Paging):
    """Filters; each narrows."""

    status: Status | None = Field(None, description="With this status.")
    journey: str | None = Field(None, max_length=100, description="Of runs of this journey.")


class Answer(Frozen):
    """Why, for the record; `digest` is that of the content which was looked at: with another one the answer is refused."""

    note: str = Field("", max_length=500, examples=["Checked against the price list."])
    digest: str | None = Field(None, max_length=64)


@router.get("")
async def list_approvals(which: Annotated[Which, Query()], opened: Open, _: AdminKey) -> Page[Approval]:
    """What is asked for and what was answered, the newest question first."""
    async with opened.db.transaction() as tx:
        found = await approvals.page(
            tx, status=which.status, journey=which.journey, after=which.after, limit=which.limit + 1
        )
    last = found[which.limit - 1] if len(found) > which.limit else None
    cursor = str(Cursor(at=last.asked_at, id=last.id)) if last else None
    return Page(items=tuple(found[: which.limit]), next_cursor=cursor)


@router.post("/{approval}/approve")
async def approve(approval: UUID, opened: Open, key: AdminKey, answer: Answer | None = None) -> Approval:
    """Approves of the content as it is now. 409 when it was changed since it was asked for: look at it anew, answer again."""
    return await _answer(opened, key, approval, "approved", answer or Answer())


@router.post("/{approval}/reject")
async def reject(approval: UUID, opened: Open, key: AdminKey, answer: Answer | None = None) -> Approval:
    """Rejects it: the run goes on at `rejected`, and the sends it was about are left out."""
    return await _answer(opened, key, approval, "rejected", answer or Answer())


async def _answer(
    opened: Open, key: AdminKey, approval: UUID, verdict: Literal["approved", "rejected"], answer: Answer
) -> Approval:
    async with opened.db.transaction() as tx:
        asked = await _open_question(tx, approval)
        is_same = verdict == "rejected" or await _is_same(tx, asked, answer.digest)
        if is_same:
            await _write(tx, asked, verdict, key.prefix, answer.note)
        found = await approvals.find(tx, approval)
    if not is_same or found is None:
        raise Conflict(
            "The content has been changed since this was asked for. It is asked for anew: look at it, and answer again.",
            code="content_changed",
        )
    await inbox.notify(opened.db)
    return found


async def _open_question(tx: Transaction, approval: UUID) -> Approval:
    """Locked. Raises NotFound, and Conflict when it was answered before or its time is over."""
    asked = await approvals.find(tx, approval, lock=True)
    if asked is None:
        raise NotFound(f"There is no approval {approval}. `GET /v1/approvals` lists them.", code="unknown_approval")
    if asked.status in ("approved", "rejected"):
        raise Conflict(f"This was {asked.status} by {asked.answered_by} already.", code="answered")
    if asked.status == "open" and asked.until is not None and asked.until < await approvals.now(tx):
        raise Conflict("The time to answer is over; the run has gone on without it.", code="too_late")
    return asked


async def _is_same(tx: Transaction, asked: Approval, digest: str | None) -> bool:
    """Whether what would be sent is what was asked about, and what the answer is about; another content is asked for anew."""
    run = await operating.find(tx, asked.run_id)
    number = run.version if run is not None else asked.version
    stored = await journeys.version(tx, asked.journey, number)
    if stored is None:
        raise NotFound(f"There is no version {number} of {asked.journey}.", code="unknown_version")
    program = Program.model_validate(stored.program)
    of = sends_of(program, asked.step, asked.of, run.sent_as if run is not None else {})
    content = content_of(program, of, await approvals.versions(tx, templates_of(program, of)))
    is_same = is_same_content(content, asked.content)
    if not is_same:
        await approvals.renew(tx, asked.id, (number, of), content, digest_of(content), asked.status)
    return is_same and digest in (None, asked.digest)


async def _write(
    tx: Transaction, asked: Approval, verdict: Literal["approved", "rejected"], by: str, note: str
) -> None:
    """The answer, and the event by which the run hears of it, in one transaction."""
    run = await operating.find(tx, asked.run_id)
    at = await approvals.now(tx)
    await approvals.answer(tx, asked.id, verdict, at=at, by=by, note=note)
    await audit.record(tx, by, f"approval.{verdict}", str(asked.id), {"run": str(asked.run_id), "digest": asked.digest})
    if run is not None and asked.status == "open":
        told = answer_event(asked.run_id, asked.step, asked.visit, verdict, customer=run.customer_id, at=at)
        await inbox.accept(tx, [told])
