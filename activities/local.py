"""Local commands: what a run asks for that touches only our own database. One answer for the engine, and what to log with it."""

from datetime import UTC

from pydantic import JsonValue

from activities.apply import apply
from activities.desk import Desk
from activities.hearing import first_heard, silent_until
from domain.calendar import parse_instant, zone_of
from domain.choosing import choose, rules_of
from domain.engine.commands import (
    Adopt,
    Apply,
    Arm,
    Choose,
    Command,
    Finish,
    Gather,
    Hold,
    Locate,
    Release,
    Resolve,
    Settle,
)
from domain.engine.inputs import Chosen, Done, Heard, Input, Migrate, Resolved
from domain.engine.standing import finished
from domain.engine.state import State
from domain.looking_back import settled
from domain.moments import needs_of, resolve
from domain.program import Send, Wait
from store.run import progress

Detail = dict[str, JsonValue]


async def perform(desk: Desk, state: State, command: Command) -> tuple[Input, Detail]:
    """Carries the command out in the desk's transaction. Raises Unavailable when it must be tried again in a moment."""
    match command:
        case Choose():
            return await _choose(desk, command.step)
        case Resolve():
            return await _resolve(desk, command)
        case Apply():
            return Done(moment=desk.moment), await apply(desk, state, command.step)
        case Gather():
            return await _gather(desk, state, command.name)
        case Arm():
            return await _arm(desk, state)
        case Settle():
            return await _settle(desk, state, command)
        case Hold() | Release() | Locate():
            return Done(moment=desk.moment), {}
        case Adopt():
            return Migrate(moment=desk.moment, version=command.version, steps=command.steps, by=command.by), {}
        case Finish():
            return finished(command, desk.run.leaving, desk.moment), {}
    raise AssertionError(f"{command.kind} is no local command")


def is_without_database(state: State, command: Command) -> bool:
    """Whether the answer needs no statement: nothing can fail on the way to it."""
    match command:
        case Hold() | Release() | Locate() | Finish():
            return True
        case Arm():
            return state.waiting is None or not state.waiting.hears
    return False


async def _choose(desk: Desk, name: str) -> tuple[Input, Detail]:
    """The first case that holds; the values that were looked at go into the log."""
    rules = rules_of(desk.program.steps[name])
    choice = choose(rules, await desk.facts(rules))
    return Chosen(moment=desk.moment, case=choice.case), choice.detail


async def _resolve(desk: Desk, command: Resolve) -> tuple[Input, Detail]:
    step = desk.program.steps[command.step]
    if not isinstance(step, Wait | Send):
        raise AssertionError(f"{command.step} has no moment")
    facts = await desk.facts(needs=needs_of(step))
    zone, _ = zone_of(facts.attributes, desk.account)
    told_at = parse_instant(desk.run.entry.get("accepted_at"), UTC)
    resolution = resolve(step, facts, zone, time_scale=desk.run.time_scale, told_at=told_at, since=command.since)
    return Resolved(moment=desk.moment, until=resolution.until, is_past=resolution.is_past), resolution.why


async def _gather(desk: Desk, state: State, name: str) -> tuple[Input, Detail]:
    if state.heard is not None:
        desk.gathered[name] = await progress.event_properties(desk.tx, state.heard)
    return Done(moment=desk.moment), {"gathered": name}


async def _arm(desk: Desk, state: State) -> tuple[Input, Detail]:
    """Registering and looking back are one transaction under the customer's lock: nothing falls between them."""
    if state.waiting is not None and state.waiting.hears:
        found = await first_heard(desk, state)
        if found is not None:
            return Heard(moment=desk.moment, listen=found[0], event=found[1]), {}
    return Done(moment=desk.moment), {}


async def _settle(desk: Desk, state: State, command: Settle) -> tuple[Input, Detail]:
    """Time is up; what was accepted before then counts even if it is applied only now (semantics 14)."""
    if state.waiting is None or state.waiting.until is None:
        return Done(moment=desk.moment), {}
    until = state.waiting.until
    found = await first_heard(desk, state, accepted_until=until)
    later = None
    if found is None and command.silence is not None:
        later = await silent_until(desk, state, command.silence)
    return settled(desk.moment, until, found, later), {}
