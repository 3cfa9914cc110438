"""Moving people to another version of their journey: the dry run, and the operation."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field, JsonValue, model_validator

from api.admin.journeys import JourneyName
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.errors import Conflict, NotFound
from domain.frozen import Frozen
from domain.migration.forecast import Forecast
from domain.migration.mapping import check_map
from domain.operations import RATE, NewOperation, OperationRecord
from domain.program import Program
from routing.bulk import launching
from routing.bulk.forecasting import forecast
from routing.bulk.migrating import Moves, candidates, parameters_of
from runtime import versions
from store.operation import operations

router = APIRouter(prefix="/v1/journeys/{journey}/migrate", tags=["bulk"], dependencies=[Depends(sound_json)])

StepId = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[int, Field(ge=1, lt=2**31)]


class Migration(Frozen):
    """From which version to which, and which step takes the place of which. `sample` moves that share of the people only, drawn by
    `seed`; `rest_of` repeats an earlier migration for everybody who is left."""

    source: Number | None = Field(None, alias="from", examples=[3])
    target: Number | None = Field(None, alias="to", examples=[4])
    map: dict[StepId, StepId] = Field(default_factory=dict, max_length=1000, examples=[{"wait-3d": "wait-2d"}])
    sample: float | None = Field(None, gt=0, le=1, examples=[0.05])
    seed: str = Field("sample", min_length=1, max_length=100, examples=["first-try"])
    rest_of: UUID | None = None
    reason: str = Field("", max_length=500)
    rate: float = Field(RATE, gt=0, le=1000, description="Runs a second, at most.")

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        versions_are_said = self.source is not None and self.target is not None
        if (self.rest_of is None) != versions_are_said:
            raise ValueError("say `from` and `to`, or `rest_of` an earlier migration")
        return self


@router.post("/forecast")
async def foresee(
    journey: JourneyName,
    asked: Migration,
    opened: Open,
    _: AdminKey,
    people: Annotated[bool, Query(description="List everybody, not only the sums. 422 above 100,000.")] = False,
) -> Forecast:
    """The dry run: who would move and who not and why, which waits would end otherwise, and which sends would be added or
    dropped. Changes nothing; told by the same function that moves people."""
    moves, old, new = await _meant(opened, journey, asked)
    runs = None
    if asked.sample is not None:
        runs = await candidates(opened.db, journey, moves.source, sample=asked.sample, seed=asked.seed)
    return await forecast(opened.db, old, new, moves.steps, runs=runs, with_people=people)


@router.post("", status_code=202)
async def migrate(journey: JourneyName, asked: Migration, opened: Open, key: AdminKey) -> OperationRecord:
    """Moves people as an operation: with progress, pause, resume and cancel under `/v1/operations`. Whoever cannot be moved
    keeps their version and is listed with the reason. Doing it again moves whoever is left."""
    moves, _, _ = await _meant(opened, journey, asked)
    runs = await candidates(opened.db, journey, moves.source, sample=asked.sample, seed=asked.seed)
    parameters = parameters_of(journey, moves.source, moves.target, moves.steps, sample=asked.sample, seed=asked.seed)
    new = NewOperation(
        kind="migrate", by=key.prefix, journey=journey, parameters=parameters, reason=asked.reason, rate=asked.rate
    )
    return await launching.launch(opened.db, await opened.temporal(), new, runs)


async def _meant(opened: Open, journey: str, asked: Migration) -> tuple[Moves, Program, Program]:
    """What is asked for, with both programs. Raises NotFound, InvalidInput, and InvalidDocument for a map that cannot be meant."""
    said: dict[str, JsonValue] = {"journey": journey, "from": asked.source, "to": asked.target, "map": dict(asked.map)}
    async with opened.db.transaction() as tx:
        if asked.rest_of is not None:
            earlier = await operations.find(tx, asked.rest_of)
            if earlier is None:
                raise NotFound(f"There is no operation {asked.rest_of}.", code="unknown_operation")
            if earlier.kind != "migrate" or earlier.journey != journey:
                raise Conflict(f"Operation {asked.rest_of} is no migration of {journey}.", code="other_operation")
            said = dict(earlier.parameters)
        moves = Moves(said)
        old, new = await versions.pair(tx, journey, moves.source, moves.target)
    check_map(old, new, moves.steps)
    return moves, old, new
