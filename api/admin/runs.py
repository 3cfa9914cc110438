"""Runs: lists, one in full, and what operators do with them."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.admin.journeys import JourneyName
from api.admin.paging import Paging
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.effects import OrderWord
from domain.errors import NotFound
from domain.frozen import Frozen
from domain.records import Page, RunDetail, RunRecord, RunStatus
from routing import operations
from store.access import audit
from store.journey import journeys
from store.run import run_rows

router = APIRouter(prefix="/v1", tags=["runs"], dependencies=[Depends(sound_json)])


class RunsOfJourney(Paging):
    """Filters; each narrows."""

    version: int | None = Field(None, ge=1, description="On this version.")
    status: RunStatus | None = Field(None, description="With this status.")
    step: str | None = Field(None, max_length=200, description="At the step with this id.")
    customer: UUID | None = Field(None, description="Of this customer.")
    key: str | None = Field(None, max_length=1000, description="With this key (what the entry's `per` gave).")
    shadow: bool | None = Field(None, description="In shadow, or not; by default both.")


class Runs(RunsOfJourney):
    journey: str | None = Field(None, max_length=100, description="Of this journey.")


class Action(StrEnum):
    """What an operator can do with a run."""

    PAUSE = "pause"
    RESUME = "resume"
    SKIP_WAIT = "skip-wait"
    RETRY = "retry"
    STOP = "stop"


_UPDATES: dict[Action, Literal["pause", "resume", "skip_wait", "retry_parked", "stop"]] = {
    Action.PAUSE: "pause",
    Action.RESUME: "resume",
    Action.SKIP_WAIT: "skip_wait",
    Action.RETRY: "retry_parked",
    Action.STOP: "stop",
}


class Order(Frozen):
    """Why, for the audit; `due` says what becomes of what fell due during a pause."""

    reason: str = Field("", max_length=500, examples=["The template is being corrected."])
    due: Literal["catch_up", "skip"] = "catch_up"


@router.get("/runs")
async def list_runs(which: Annotated[Runs, Query()], opened: Open, _: AdminKey) -> Page[RunRecord]:
    """Runs of all journeys, the newest entry first."""
    return await _page(opened, which, which.journey)


@router.get("/journeys/{journey}/runs")
async def list_of_journey(
    journey: JourneyName, which: Annotated[RunsOfJourney, Query()], opened: Open, _: AdminKey
) -> Page[RunRecord]:
    """Runs of one journey, the newest entry first."""
    async with opened.db.transaction() as tx:
        if await journeys.find(tx, journey) is None:
            raise NotFound(f"There is no journey {journey}.", code="unknown_journey")
    return await _page(opened, which, journey)


@router.get("/runs/{run}")
async def show(run: UUID, opened: Open, _: AdminKey) -> RunDetail:
    """One run: where it is, what started it, what it has gathered, what it waits for."""
    async with opened.db.transaction() as tx:
        found = await run_rows.find(tx, run)
    if found is None:
        raise NotFound(f"There is no run {run}. `GET /v1/runs` lists them.", code="unknown_run")
    return found


@router.post("/runs/{run}/{action}")
async def act(run: UUID, action: Action, opened: Open, key: AdminKey, order: Order | None = None) -> RunDetail:
    """Pauses, resumes, skips the wait of, retries or stops a run. 409 with the reason where its state does not allow it.

    A paused run sends nothing and keeps the events that come; its exits and its goal still end it.
    """
    given = order or Order()
    word = OrderWord(by=key.prefix, due=given.due)
    await operations.act(opened.db, await opened.temporal(), run, _UPDATES[action], key.prefix, word=word)
    async with opened.db.transaction() as tx:
        await audit.record(tx, key.prefix, f"run.{action}", str(run), given.model_dump())
    return await show(run, opened, key)


async def _page(opened: Open, which: RunsOfJourney, journey: str | None) -> Page[RunRecord]:
    wanted = run_rows.RunFilter(
        journey=journey, **which.model_dump(include={"version", "status", "step", "customer", "key", "shadow"})
    )
    async with opened.db.transaction() as tx:
        return await run_rows.page(tx, wanted, after=which.after, limit=which.limit)
