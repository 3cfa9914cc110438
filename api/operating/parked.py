"""Parked runs: by cause, and what operators have done with many of them."""

from collections import Counter
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, Field

from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.durations import Duration
from domain.engine.entering import share
from domain.errors import Conflict, InvalidInput
from domain.frozen import Frozen
from domain.operations import RATE, NewOperation, OperationKind, OperationRecord
from domain.parking import ParkedGroup, StalePolicy, Terms
from domain.records import Page
from routing.bulk.launching import launch
from routing.bulk.parked import judge_all
from store.database import Transaction
from store.operation import parked

router = APIRouter(prefix="/v1/parked", tags=["bulk"], dependencies=[Depends(sound_json)])


MOST_JUDGED = 2000
"""Each takes some milliseconds, and whoever asks is waiting."""


class ParkedAction(StrEnum):
    """What can be done with parked runs."""

    RETRY = "retry"
    SKIP = "skip"
    END = "end"


_KINDS: dict[ParkedAction, OperationKind] = {
    ParkedAction.RETRY: "retry",
    ParkedAction.SKIP: "skip_step",
    ParkedAction.END: "end",
}


class ParkedOrder(Frozen):
    """Which parked runs, and on which terms. What is left out does not narrow; the runs that were parked first come first."""

    journey: str | None = Field(None, max_length=100, description="Of this journey.")
    version: int | None = Field(None, ge=1, description="On this version.")
    step: str | None = Field(None, max_length=200, description="At the step with this id.")
    code: str | None = Field(None, max_length=100, description="For this cause, as `template_missing`.")
    since: AwareDatetime | None = Field(None, description="Parked at this time or later.")
    runs: tuple[UUID, ...] | None = Field(None, max_length=10_000, description="These runs.")
    limit: int | None = Field(None, ge=1, description="At most so many, those parked first.")
    sample: float | None = Field(None, gt=0, le=1, description="This share of them, always the same ones.")
    stale: StalePolicy = Field(
        "as_set",
        description="Retry only: what becomes of a step that comes too late: what its `if_late` says, or one of the others.",
    )
    stale_after: Duration | None = Field(
        None, description="Retry only: runs that were parked for longer than this are too late as well."
    )
    rate: float = Field(RATE, gt=0, le=1000, description="Runs a second at most.")
    reason: str = Field("", max_length=500, description="For the audit.", examples=["The template has a default now."])


class Reckoned(Frozen):
    """What would become of so many runs, and why."""

    verdict: str
    runs: int
    why: str = ""


class ParkedPlan(Frozen):
    """What an order to parked runs would do now. Of many only the first `judged` are looked at one by one."""

    runs: int
    judged: int
    reckoned: tuple[Reckoned, ...]


@router.get("")
async def list_parked(
    opened: Open,
    _: AdminKey,
    journey: Annotated[str | None, Query(max_length=100, description="Only of this journey.")] = None,
) -> Page[ParkedGroup]:
    """Parked runs by journey, version, step and cause, with what mends it."""
    async with opened.db.transaction() as tx:
        return Page(items=tuple(await parked.groups(tx, journey)))


@router.post("/{action}/plan")
async def plan(action: ParkedAction, order: ParkedOrder, opened: Open, _: AdminKey) -> ParkedPlan:
    """What the order would do with each run if it were given now. Nothing changes."""
    async with opened.db.transaction() as tx:
        runs = await _chosen(tx, action, order)
        if action is not ParkedAction.RETRY:
            reckoned = [Reckoned(verdict=action, runs=len(runs))] if runs else []
            return ParkedPlan(runs=len(runs), judged=len(runs), reckoned=tuple(reckoned))
        advice = await judge_all(tx, opened.catalog, runs[:MOST_JUDGED], Terms(order.stale, order.stale_after))
    counted = Counter((one.verdict.removesuffix("_anew"), one.note) for one in advice)
    reckoned = [Reckoned(verdict=verdict, why=why, runs=runs) for (verdict, why), runs in counted.most_common()]
    return ParkedPlan(runs=len(runs), judged=len(advice), reckoned=tuple(reckoned))


@router.post("/{action}", status_code=202)
async def act(action: ParkedAction, order: ParkedOrder, opened: Open, key: AdminKey) -> OperationRecord:
    """Begins an operation over the parked runs that are meant: tries their step again, skips it, or ends them.

    `GET /v1/operations/{id}` says how far it is, and `/items` what became of each run.
    """
    async with opened.db.transaction() as tx:
        runs = await _chosen(tx, action, order)
    if not runs:
        raise Conflict("No parked run is meant. `GET /v1/parked` lists those that there are.", code="nothing_parked")
    new = NewOperation(
        kind=_KINDS[action],
        by=key.prefix,
        journey=order.journey,
        parameters=order.model_dump(mode="json", exclude={"runs", "rate", "reason"}, exclude_none=True),
        reason=order.reason,
        rate=order.rate,
    )
    return await launch(opened.db, await opened.temporal(), new, runs)


async def _chosen(tx: Transaction, action: ParkedAction, order: ParkedOrder) -> list[UUID]:
    if action is not ParkedAction.RETRY and (order.stale != "as_set" or order.stale_after is not None):
        raise InvalidInput(
            "`stale` and `stale_after` are about what is tried again; leave them out.", code="not_a_retry"
        )
    fields = set(parked.Choice.model_fields) - ({"limit"} if order.sample is not None else set())
    runs = await parked.chosen(tx, parked.Choice(**order.model_dump(include=fields)))
    if order.sample is not None:
        runs = [run for run in runs if share("sample", run) < order.sample][: order.limit]
    return runs
