"""Moves runs to another version of their journey: who is a candidate, and what the operation does with each of them."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import JsonValue

from domain.effects import MigrateWord
from domain.engine.entering import share
from domain.errors import Conflict, NotFound
from domain.operations import ItemOutcome
from routing import operations
from routing.bulk.action import Context, Parameters
from store.database import Database
from store.run import moving


class Moves:
    """What a migration's parameters say. `steps` maps old ids to new ones."""

    def __init__(self, parameters: Mapping[str, JsonValue]) -> None:
        steps = parameters.get("map")
        self.journey = str(parameters["journey"])
        self.source = int(str(parameters["from"]))
        self.target = int(str(parameters["to"]))
        self.steps = {old: str(new) for old, new in steps.items()} if isinstance(steps, dict) else {}


async def candidates(db: Database, journey: str, version: int, *, sample: float | None, seed: str) -> list[UUID]:
    """The runs on that version; of a sample, those whose hash with `seed` says so: the same seed draws the same people."""
    async with db.transaction() as tx:
        runs = await moving.ids(tx, journey, version)
    return [run for run in runs if sample is None or share(seed, run) < sample]


async def migrate(context: Context, run: UUID, parameters: Parameters, by: str) -> ItemOutcome:
    """Moves one run through its workflow. One that is there already is done; one on a third version is left alone."""
    moves = Moves(parameters)
    async with context.db.transaction() as tx:
        found = await moving.version_of(tx, run)
        if found is None:
            raise NotFound(f"There is no run {run}.")
        version, status = found
        if version == moves.target:
            return ItemOutcome(outcome="done", note=f"on version {version}")
        if version != moves.source:
            raise Conflict(f"The run is on version {version}, and not on {moves.source}.", code="other_version")
        program = await context.catalog.program(tx, moves.journey, moves.target)
        detail: dict[str, JsonValue] = {"from": moves.source, "to": moves.target, "by": by}
        if status == "queued" and await moving.move_queued(tx, run, moves.target, detail):
            return ItemOutcome(outcome="done", note="moved while it queued")
    word = MigrateWord(by=by, program=program, steps=moves.steps)
    await operations.act(context.db, context.client, run, "migrate", by, word=word, once=str(context.operation))
    return ItemOutcome(outcome="done")


def parameters_of(
    journey: str, source: int, target: int, steps: Mapping[str, str], *, sample: float | None, seed: str
) -> dict[str, JsonValue]:
    """What an operation remembers of a migration: enough to repeat it, and to turn it round."""
    said: dict[str, JsonValue] = {"journey": journey, "from": source, "to": target, "map": dict(steps)}
    return said | ({"sample": sample, "seed": seed} if sample is not None else {})
