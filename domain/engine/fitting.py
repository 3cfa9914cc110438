"""Can a run go on by another version of its journey, from where it stands? Pure; the answer is a sentence for operators."""

from collections.abc import Mapping
from typing import Literal

from domain.engine.lanes import views
from domain.engine.state import State
from domain.frozen import Frozen
from domain.program import (
    Branch,
    EndLane,
    EndRound,
    Notify,
    Operation,
    Program,
    Question,
    Repeat,
    Score,
    Send,
    SetAttributes,
    Stage,
    StartJourney,
    StopJourney,
    Subscribe,
    Wait,
    WaitFor,
    Webhook,
)

AT_REST = ("enter", "asleep", "held")
"""The phases in which a run may be moved: between two effects, waiting (or parked), paused. The others pass by themselves."""

CALLS = (Send, Webhook, Notify, Question)
"""Steps whose doing is known outside of the run by the step's id: to a provider, to another journey, to whoever is asked. Once a
question has been asked the run knows under which id, and waits on under another."""

EFFECTS = (Send, Webhook, Notify, SetAttributes, Score, Subscribe, StartJourney, StopJourney)
"""Steps that do something to be done once. A person may be asked again: what they are asked about has changed."""

Code = Literal["ending", "there", "gone", "kind", "under_way", "repeat", "parallel", "between"]

_WORDS: dict[type[Operation], str] = {
    Send: "a send",
    Wait: "a wait",
    WaitFor: "a wait_for",
    Webhook: "a webhook",
    Notify: "a notify",
    Branch: "a branch",
    Stage: "a stage",
    Repeat: "a repeat",
    EndRound: "the end of a round",
}


class Obstacle(Frozen):
    """Why a run keeps its version. `code` groups the reasons, `why` is a sentence."""

    code: Code
    why: str


def new_name(name: str, steps: Mapping[str, str]) -> str:
    """What takes the place of a step, or of what belongs to one (`poll/0`, `poll/end`)."""
    step, slash, part = name.partition("/")
    return f"{steps.get(step, step)}{slash}{part}"


def is_at_rest(state: State) -> bool:
    """Whether nothing is just being written down or followed: only then is a run moved."""
    return state.phase in AT_REST


def obstacle(old: Program, new: Program, state: State, steps: Mapping[str, str]) -> Obstacle | None:
    """What keeps this run from going on by `new`; None: it can. `steps` maps ids of the old version to new ones."""
    if state.phase in ("finishing", "over") or state.at is None:
        return Obstacle(code="ending", why=f"The run is ending: {state.reason or 'finished'}.")
    if state.run.version == new.version:
        return Obstacle(code="there", why=f"The run is on version {new.version} already.")
    is_between = state.phase == "held" and state.before not in ("arming", "enter")
    if is_between or any(lane.phase == "gathering" for lane in state.lanes):
        why = "The run is between an event and what follows from it; resume it first, if it is paused."
        return Obstacle(code="between", why=why)
    found = (_standing_in_the_way(old, new, view, steps) for view in views(state))
    return next((each for each in found if each is not None), None)


def _standing_in_the_way(old: Program, new: Program, view: State, steps: Mapping[str, str]) -> Obstacle | None:
    """The obstacle where the run, or one of its lanes, stands."""
    here, name = old.steps[view.at or ""], new_name(view.at or "", steps)
    there = new.steps.get(name)
    if there is None:
        why = f"Version {new.version} has no step {name}; say what takes its place: --map {view.at}=STEP."
        return Obstacle(code="gone", why=why)
    return _misfit(here, there, new.version, view) or _new_scope(old, new, here, there, steps)


def can_replace(here: Operation, there: Operation) -> bool:
    """Whether somebody who stands at one step can stand at the other: steps of one kind, and waits of any kind."""
    return here.op == there.op or (isinstance(here, Wait | WaitFor) and isinstance(there, Wait | WaitFor))


def said(step: Operation) -> str:
    """`a send`: what kind of step it is."""
    return _WORDS.get(type(step), f"a {step.op}")


def _misfit(here: Operation, there: Operation, version: int, view: State) -> Obstacle | None:
    if not can_replace(here, there):
        why = f"{here.id} is {said(here)}, and {there.id} in version {version} is {said(there)}."
        return Obstacle(code="kind", why=why)
    is_asked = view.waiting is not None and view.waiting.purpose == "answer" and there.id not in view.visits
    if here.id != there.id and isinstance(here, CALLS) and not is_asked:
        why = f"{here.id} may have been tried, and would be done again as {there.id}; once it is settled the run can be moved."
        return Obstacle(code="under_way", why=why)
    return None


def _new_scope(
    old: Program, new: Program, here: Operation, there: Operation, steps: Mapping[str, str]
) -> Obstacle | None:
    """A stage that is new around the step is entered with the move. In which round of a new repeat somebody is, or what goes
    on beside them in a new parallel, nobody knows."""
    around = {new_name(scope, steps): old.steps[scope].op for scope in here.scopes}
    lanes = [scope for scope in there.scopes if isinstance(new.steps[scope], EndLane)]
    if lanes != [scope for scope, op in around.items() if op == "end_lane"]:
        why = f"{there.id} lies in another branch of a parallel in version {new.version} than {here.id} did."
        return Obstacle(code="parallel", why=why)
    for scope in there.scopes:
        if isinstance(new.steps[scope], Repeat) and around.get(scope) != "repeat":
            why = f"{there.id} lies within the repeat {scope} in version {new.version}, and {here.id} did not: which round is it?"
            return Obstacle(code="repeat", why=why)
    return None
