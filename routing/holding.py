"""Pausing and resuming a journey or a channel. A pause is one row, asked at every attempt at an effect (decision 16)."""

import asyncio
from datetime import timedelta

import structlog

from domain.errors import Conflict, InvalidInput
from domain.holds import Due, HeldGroup, HoldKind, HoldRecord, ResumePlan
from domain.program import Notify, Operation, Send, Webhook
from store.database import Database, Transaction
from store.journey.catalog import Catalog
from store.operation import holds
from store.operation.holds import HeldStep

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=5)
LOOK = 0.02
LONGEST_SPREAD = timedelta(days=30)


async def pause(db: Database, kind: HoldKind, name: str, *, by: str, reason: str) -> HoldRecord:
    """From the answer on no effect of the journey, or on the channel, begins. What was claimed before is handed over.

    Raises Conflict when it is paused already.
    """
    async with db.transaction() as tx:
        made = await holds.put(tx, kind, name, by=by, reason=reason)
        number = await holds.own_number(tx)
    if made is None:
        raise Conflict(f"The {kind} {name} is paused already.", code="paused_already")
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            await _outlive(db, number)
    except TimeoutError:
        log.warning("pause_not_settled", kind=kind, name=name)
    return made


async def _outlive(db: Database, number: str) -> None:
    """Waits for the transactions that may have asked before the pause was written: one of them may be a claim."""
    while True:
        async with db.transaction() as tx:
            if await holds.is_behind_all(tx, number):
                return
        await asyncio.sleep(LOOK)


async def plan(tx: Transaction, catalog: Catalog, kind: HoldKind, name: str) -> ResumePlan:
    """What fell due while the pause stands, by step. Raises Conflict when nothing is paused."""
    return await _plan_of(tx, catalog, await _standing(tx, kind, name))


async def resume(
    db: Database,
    catalog: Catalog,
    kind: HoldKind,
    name: str,
    *,
    due: Due,
    over: timedelta | None,
    by: str,
    reason: str,
) -> ResumePlan:
    """Lifts the pause, and gives the plan that is now carried out: workers tell each run that rests (`lifting.py`).

    Raises Conflict when nothing is paused, and InvalidInput for a spread without a span, or a span without a spread.
    """
    if (due == "spread") != (over is not None):
        raise InvalidInput(
            "`over` says how long `due: spread` takes, as in 4h; give both or neither.", code="bad_spread"
        )
    if over is not None and not timedelta(0) < over <= LONGEST_SPREAD:
        raise InvalidInput("A spread takes more than nothing and at most 30d.", code="bad_spread")
    async with db.transaction() as tx:
        found = await _plan_of(tx, catalog, await _standing(tx, kind, name))
        lifted = await holds.lift(tx, found.hold.id, due=due, over=over, by=by, reason=reason)
    if lifted is None:
        raise _not_paused(kind, name)
    return found.model_copy(update={"hold": lifted})


async def _standing(tx: Transaction, kind: HoldKind, name: str) -> HoldRecord:
    found = await holds.standing(tx, kind, name)
    if not found:
        raise _not_paused(kind, name)
    return found[0]


def _not_paused(kind: HoldKind, name: str) -> Conflict:
    return Conflict(f"The {kind} {name} is not paused.", code="not_paused")


async def _plan_of(tx: Transaction, catalog: Catalog, hold: HoldRecord) -> ResumePlan:
    held = await holds.held(tx, hold.id)
    steps = {one: (await catalog.program(tx, one.journey, one.version)).steps.get(one.step) for one in held}
    deadlines = [(one, step.deadline) for one, step in steps.items() if isinstance(step, Send | Webhook | Notify)]
    overdue = await holds.overdue(tx, hold.id, deadlines)
    groups = tuple(_group(one, step, overdue.get(one, 0)) for one, step in steps.items())
    is_journey = hold.kind == "journey"
    return ResumePlan(
        hold=hold,
        runs=sum(group.runs for group in groups),
        people=await holds.people(tx, hold.id),
        entered=await holds.entered_since(tx, hold.name, hold.held_at) if is_journey else None,
        oldest=min((group.oldest for group in groups), default=None),
        newest=max((group.newest for group in groups), default=None),
        groups=groups,
    )


def _group(held: HeldStep, step: Operation | None, overdue: int) -> HeldGroup:
    channels = step.channels if isinstance(step, Send) else ()
    does = f"send {'|'.join(channels)}/{step.template}" if isinstance(step, Send) else step.op if step else "gone"
    return HeldGroup(does=does, channels=channels, overdue=overdue, **held._asdict())
