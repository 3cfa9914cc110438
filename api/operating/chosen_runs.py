"""Pausing and resuming many runs at once, as an operation; one run is paused and resumed under `/v1/runs/{run}`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field, JsonValue, model_validator

from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.engine.entering import share
from domain.errors import Conflict, InvalidInput, NotFound
from domain.frozen import Frozen
from domain.holds import Due
from domain.operations import RATE, NewOperation, OperationKind, OperationRecord
from domain.records import RunStatus
from routing.bulk.launching import launch
from store.database import Transaction
from store.journey import journeys
from store.operation import choosing
from store.operation.choosing import Choice, StandingRuns

router = APIRouter(prefix="/v1/runs", tags=["bulk"], dependencies=[Depends(sound_json)])


class Word(StrEnum):
    """What can be said to many runs."""

    PAUSE = "pause"
    RESUME = "resume"


_KINDS: Mapping[Word, OperationKind] = {Word.PAUSE: "pause", Word.RESUME: "resume"}
_STATUSES: Mapping[Word, tuple[RunStatus, ...]] = {Word.PAUSE: ("running", "parked"), Word.RESUME: ("paused",)}


class RunsOrder(Frozen):
    """Which runs: a journey's, narrowed by what else is said, or some by their ids. Those that entered first come first."""

    journey: str | None = Field(None, max_length=100, description="Of this journey.")
    version: int | None = Field(None, ge=1, lt=2**31, description="On this version.")
    step: str | None = Field(None, max_length=200, description="At the step with this id.")
    runs: tuple[UUID, ...] | None = Field(None, max_length=10_000, description="These runs.")
    limit: int | None = Field(None, ge=1, lt=2**31, description="At most so many.")
    sample: float | None = Field(None, gt=0, le=1, description="This share of them, always the same ones.")
    due: Due = Field(
        "catch_up",
        description="Resume only: what becomes of what fell due: `catch_up` sends it now, `skip` leaves it out.",
    )
    rate: float = Field(RATE, gt=0, le=1000, description="Runs a second at most.")
    reason: str = Field("", max_length=500, description="For the audit.", examples=["The price list is being checked."])

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if self.journey is None and self.runs is None:
            raise ValueError("say of which `journey`, or which `runs`")
        return self


class RunsPlan(Frozen):
    """The runs that are meant, by step. Of `runs`, `due` are paused and have something to do as soon as they are resumed."""

    runs: int
    due: int
    groups: tuple[StandingRuns, ...]


@router.post("/{word}/plan")
async def plan(word: Word, order: RunsOrder, opened: Open, _: AdminKey) -> RunsPlan:
    """Which runs the order would reach if it were given now. Nothing changes."""
    async with opened.db.transaction() as tx:
        groups = await choosing.standing(tx, await _chosen(tx, word, order))
    return RunsPlan(
        runs=sum(group.runs for group in groups), due=sum(group.due for group in groups), groups=tuple(groups)
    )


@router.post("/{word}", status_code=202)
async def act(word: Word, order: RunsOrder, opened: Open, key: AdminKey) -> OperationRecord:
    """Begins an operation that pauses or resumes the runs that are meant. A paused run sends nothing and keeps what it hears; exits
    and goals still end it. To hold everybody, and those still to come, pause the journey.

    `GET /v1/operations/{id}` says how far it is, and `/items` what became of each run.
    """
    async with opened.db.transaction() as tx:
        runs = await _chosen(tx, word, order)
    if not runs:
        raise Conflict(f"No run is meant that could {word}. `GET /v1/runs` lists runs.", code="nothing_meant")
    said: dict[str, JsonValue] = order.model_dump(
        mode="json", exclude={"runs", "rate", "reason"}, exclude_none=True, exclude_unset=True
    )
    new = NewOperation(
        kind=_KINDS[word], by=key.prefix, journey=order.journey, parameters=said, reason=order.reason, rate=order.rate
    )
    return await launch(opened.db, await opened.temporal(), new, runs)


async def _chosen(tx: Transaction, word: Word, order: RunsOrder) -> list[UUID]:
    if word is Word.PAUSE and order.due != "catch_up":
        raise InvalidInput("`due` is about runs that are resumed; leave it out.", code="not_a_resume")
    if order.due == "spread":
        raise InvalidInput("Runs are resumed at `rate`; `due` is catch_up or skip.", code="not_spread")
    if order.journey is not None and await journeys.find(tx, order.journey) is None:
        raise NotFound(f"There is no journey {order.journey}.", code="unknown_journey")
    said = order.model_dump(include={"journey", "version", "step", "runs"})
    limit = order.limit if order.sample is None else None
    runs = await choosing.chosen(tx, Choice(statuses=_STATUSES[word], limit=limit, **said))
    if order.sample is not None:
        runs = [run for run in runs if share("sample", run) < order.sample][: order.limit]
    return runs
