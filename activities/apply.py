"""What a step changes about the customer: attributes, tags, score, a subscription.

The change is made at once, so the next step sees it; an internal event in the same transaction shows it to triggers and the
timeline (semantics B, changes made by runs). A ghost changes nothing.
"""

from pydantic import JsonValue

from activities.approving import ask_for
from activities.desk import Desk
from domain.changing import Origin, changes_of, report
from domain.engine.state import State
from domain.events import EventName
from domain.others import entry_request, stop_request
from domain.program import Approve, Score, SetAttributes, StartJourney, StopJourney, Subscribe
from store.customer import changes
from store.event import inbox
from store.permission import grant, withdraw

Detail = dict[str, JsonValue]


async def apply(desk: Desk, state: State, name: str) -> Detail:
    """Makes the step's change; what is returned goes into the decision log."""
    match desk.program.steps[name]:
        case SetAttributes() as step:
            return await _set(desk, state, step)
        case Score() as step:
            return await _score(desk, state, step)
        case Subscribe() as step:
            return await _subscribe(desk, state, step)
        case Approve() as step:
            return await ask_for(desk, state, step)
        case StartJourney() as step:
            return await _start_journey(desk, state, step)
        case StopJourney() as step:
            return await _stop_journey(desk, state, step)
        case step:
            raise AssertionError(f"{step.op} changes nothing here")


async def _set(desk: Desk, state: State, step: SetAttributes) -> Detail:
    changed = changes_of(step, await desk.facts(), desk.account)
    if not desk.run.ghost:
        await changes.set_attributes(desk.tx, desk.run.customer_id, changed.new)
        desk.is_customer_changed = True
        await _report(desk, state, EventName.ATTRIBUTES_CHANGED, {"attributes": changed.new})
    return changed.detail


async def _score(desk: Desk, state: State, step: Score) -> Detail:
    reason = step.reason or f"{desk.run.journey_id}: {step.id}"
    if desk.run.ghost:
        return {"add": step.add, "set": step.set_to, "reason": reason}
    cause = changes.Cause(run=desk.run.id, step=step.id, visit=state.visit, reason=reason, at=desk.at)
    old, new = await changes.score(desk.tx, desk.run.customer_id, cause, add=step.add, set_to=step.set_to)
    desk.is_customer_changed = True
    properties: dict[str, JsonValue] = {"change": new - old, "score": new, "reason": reason}
    await _report(desk, state, EventName.SCORE_CHANGED, properties)
    return properties


async def _subscribe(desk: Desk, state: State, step: Subscribe) -> Detail:
    detail: Detail = {"topic": step.topic, "subscribed": step.subscribed}
    if desk.run.ghost:
        return detail
    record = grant if step.subscribed else withdraw
    source = f"journey {desk.run.journey_id} v{desk.run.version}, step {step.id}"
    await record(desk.tx, desk.run.customer_id, topic=step.topic, source=source, at=desk.at)
    await _report(desk, state, EventName.SUBSCRIBED if step.subscribed else EventName.UNSUBSCRIBED, detail)
    return detail


async def _start_journey(desk: Desk, state: State, step: StartJourney) -> Detail:
    """If the process dies before the commit nobody has been asked; afterwards the message id makes a repetition one request."""
    if not desk.run.ghost:
        event = entry_request(state, step, await desk.facts(), **_origin(desk))
        await inbox.accept(desk.tx, [event])
        desk.resources.wake()
    return {"journey": step.journey}


async def _stop_journey(desk: Desk, state: State, step: StopJourney) -> Detail:
    if not desk.run.ghost:
        await inbox.accept(desk.tx, [stop_request(state, step, **_origin(desk))])
        desk.resources.wake()
    return {"journey": step.journey}


async def _report(desk: Desk, state: State, name: EventName, properties: dict[str, JsonValue]) -> None:
    await inbox.accept(desk.tx, [report(state, name, properties, **_origin(desk))])
    desk.resources.wake()


def _origin(desk: Desk) -> Origin:
    """Whose event it is, how long its chain of causes, and when it was accepted."""
    return {
        "customer": desk.run.customer_id,
        "depth": desk.run.depth,
        "at": desk.at,
        "received_at": desk.run.now,
    }
