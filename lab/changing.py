"""What a step changes about the lab's customer. The same reports go to triggers as live."""

from typing import TYPE_CHECKING

from pydantic import JsonValue

from domain.changing import Origin, changes_of, new_score, report
from domain.events import EventName
from domain.others import entry_request, stop_request
from domain.program import Approve, Score, SetAttributes, StartJourney, StopJourney, Subscribe

if TYPE_CHECKING:
    from lab.driver import LabRun

Detail = dict[str, JsonValue]


def apply(run: "LabRun", name: str) -> Detail:
    """Makes the step's change; what is returned goes into the decision log."""
    match run.program.steps[name]:
        case SetAttributes() as step:
            return _set(run, step)
        case Score() as step:
            return _score(run, step)
        case Subscribe() as step:
            return _subscribe(run, step)
        case Approve() as step:
            if not run.row.ghost:
                run.world.approvals[run.row.id, step.id, run.here.visit] = "open"
            return {"of": list(step.of)}
        case StartJourney() as step:
            if not run.row.ghost:
                run.world.accept(entry_request(run.here, step, run.facts(), **_origin(run)))
            return {"journey": step.journey}
        case StopJourney() as step:
            if not run.row.ghost:
                run.world.accept(stop_request(run.here, step, **_origin(run)))
            return {"journey": step.journey}
        case step:
            raise AssertionError(f"{step.op} changes nothing here")


def _set(run: "LabRun", step: SetAttributes) -> Detail:
    changed = changes_of(step, run.facts(), run.world.account)
    if not run.row.ghost:
        after = {**run.world.customer.attributes, **changed.new}
        run.world.customer.attributes = {name: value for name, value in after.items() if value is not None}
        _report(run, EventName.ATTRIBUTES_CHANGED, {"attributes": changed.new})
    return changed.detail


def _score(run: "LabRun", step: Score) -> Detail:
    reason = step.reason or f"{run.row.journey}: {step.id}"
    if run.row.ghost:
        return {"add": step.add, "set": step.set_to, "reason": reason}
    old = run.world.customer.score
    new = new_score(old, add=step.add, set_to=step.set_to)
    run.world.customer.score = new
    properties: Detail = {"change": new - old, "score": new, "reason": reason}
    _report(run, EventName.SCORE_CHANGED, properties)
    return properties


def _subscribe(run: "LabRun", step: Subscribe) -> Detail:
    detail: Detail = {"topic": step.topic, "subscribed": step.subscribed}
    if not run.row.ghost:
        source = f"journey {run.row.journey} v{run.row.version}, step {step.id}"
        run.world.customer.say(step.topic, step.subscribed, at=run.world.now, source=source)
        _report(run, EventName.SUBSCRIBED if step.subscribed else EventName.UNSUBSCRIBED, detail)
    return detail


def _report(run: "LabRun", name: EventName, properties: Detail) -> None:
    run.world.accept(report(run.here, name, properties, **_origin(run)))


def _origin(run: "LabRun") -> Origin:
    now = run.world.now
    return {"customer": run.world.customer.id, "depth": run.row.depth, "at": now, "received_at": now}
