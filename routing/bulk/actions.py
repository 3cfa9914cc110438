"""What each kind of operation does with a run. All of it goes through the run's workflow, which alone acts on it."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import JsonValue

from domain.effects import OrderWord
from domain.operations import ItemOutcome, OperationKind
from routing import operations
from routing.bulk.action import Action, Context, Parameters
from routing.bulk.migrating import migrate
from routing.bulk.parked import judge, terms_of

DONE = ItemOutcome(outcome="done")


async def _order(context: Context, run: UUID, action: operations.Action, by: str, **more: JsonValue) -> ItemOutcome:
    word = OrderWord.model_validate({"by": by, **more})
    await operations.act(context.db, context.client, run, action, by, word=word, once=str(context.operation))
    return DONE


async def retry(context: Context, run: UUID, parameters: Parameters, by: str) -> ItemOutcome:
    """Tries the step at which the run is parked again; what is stale goes the way that the step or the operator says."""
    async with context.db.transaction() as tx:
        advice = await judge(tx, context.catalog, run, terms_of(parameters))
    match advice.verdict:
        case "retry":
            await _order(context, run, "retry_parked", by, deadline="kept")
        case "retry_anew":
            await _order(context, run, "retry_parked", by)
        case "skip":
            await _order(context, run, "skip_parked", by)
        case "end":
            await _order(context, run, "stop", by)
        case "leave":
            return ItemOutcome(outcome="skipped", note=advice.note)
    return ItemOutcome(outcome="done", note=advice.note)


async def skip_step(context: Context, run: UUID, parameters: Parameters, by: str) -> ItemOutcome:
    """Lets the parked run go on behind its step."""
    return await _order(context, run, "skip_parked", by)


async def end(context: Context, run: UUID, parameters: Parameters, by: str) -> ItemOutcome:
    """Ends the run as `stopped:<by>`."""
    return await _order(context, run, "stop", by)


async def pause(context: Context, run: UUID, parameters: Parameters, by: str) -> ItemOutcome:
    """Holds the run."""
    return await _order(context, run, "pause", by)


async def resume(context: Context, run: UUID, parameters: Parameters, by: str) -> ItemOutcome:
    """Lets a paused run go on; `due` says what becomes of what fell due meanwhile."""
    return await _order(context, run, "resume", by, due=parameters.get("due", "catch_up"))


ACTIONS: Mapping[OperationKind, Action] = {
    "retry": retry,
    "skip_step": skip_step,
    "end": end,
    "pause": pause,
    "resume": resume,
    "migrate": migrate,
}
