"""Branches side by side. `State` says of one lane where it is: the one that has the turn; the others stand in `State.lanes`.

One command at a time: a lane has the turn until it sleeps or needs the outside world, then the next that has something to do.
When all of them sleep, the one whose time is up first has it, so that `State` reads like that of a run without lanes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from domain.engine.state import Lane, State
from domain.engine.turn import LATEST, Turn, stage_listens
from domain.program import EndLane, Notify, Parallel, Program, Send, Webhook

PATIENCE = timedelta(minutes=5)
"""How long an effect that does not succeed keeps the turn while another lane has something to do."""

_FIELDS = tuple(Lane.model_fields)


def lane_of(state: State) -> Lane:
    """The lane that has the turn."""
    return Lane(**_fields(state))


def _fields(one: State | Lane) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _FIELDS}


def seen_from(state: State, lane: Lane) -> State:
    """The state as it reads when this lane alone is looked at."""
    return state.model_copy(update=_fields(lane) | {"lanes": ()})


def views(state: State) -> Iterator[State]:
    """The state as each lane has it, the one with the turn first."""
    yield state
    yield from (seen_from(state, lane) for lane in state.lanes)


def take_turn(turn: Turn, lane: Lane) -> None:
    """Gives the turn to a lane that waits for it; the one that had it comes last."""
    others = tuple(one for one in turn.state.lanes if one is not lane)
    turn.set(lanes=(*others, lane_of(turn.state)), **_fields(lane))


def pass_turn(turn: Turn) -> bool:
    """Whether another lane goes on now, and so has the turn: one that can without the outside world goes before an effect, which
    may take long; of lanes that sleep the one whose time is up first stays with the turn."""
    if not turn.state.lanes:
        return False
    own = lane_of(turn.state)
    if own.phase != "asleep" and not _is_at_effect(turn.program, own):
        return False
    awake = [lane for lane in turn.state.lanes if lane.phase != "asleep"]
    ready = [lane for lane in awake if not _is_at_effect(turn.program, lane)]
    if ready or (awake and own.phase == "asleep"):
        take_turn(turn, (ready or awake)[0])
        return True
    first = min(turn.state.lanes, key=_due, default=None)
    if own.phase == "asleep" and first is not None and _due(first) < _due(own):
        take_turn(turn, first)
    return False


def _is_at_effect(program: Program, lane: Lane) -> bool:
    """Whether it is about to do something that needs the outside world."""
    if lane.phase != "enter":
        return False
    match program.steps[lane.at or ""]:
        case Send(at=str()):
            return lane.due is not None
        case Send() | Webhook() | Notify():
            return True
    return False


def _due(lane: Lane) -> datetime:
    return lane.waiting.until if lane.waiting is not None and lane.waiting.until is not None else LATEST


def take_due_turn(turn: Turn, at: datetime) -> None:
    """Time has come: the turn goes to the lane whose time was up first; when none is, from an effect that keeps on failing to
    the next lane with something to do."""
    if not turn.state.lanes:
        return
    sleeping = [lane for lane in turn.state.lanes if lane.phase == "asleep" and _due(lane) <= at]
    first = min(sleeping, key=_due, default=None)
    own = lane_of(turn.state)
    if first is not None and (own.phase != "asleep" or _due(first) < _due(own)):
        take_turn(turn, first)
    elif own.phase == "enter":
        ready = next((lane for lane in turn.state.lanes if lane.phase != "asleep"), None)
        if ready is not None:
            take_turn(turn, ready)


def gives_way_at(state: State, now: datetime) -> datetime | None:
    """When the effect of the lane that has the turn should give way: at the next time that is up in another lane, and after a
    while where another lane has something to do. None: it is alone."""
    moments = [_due(lane) for lane in state.lanes if lane.phase == "asleep" and _due(lane) < LATEST]
    if any(lane.phase != "asleep" for lane in state.lanes):
        moments.append(now + PATIENCE)
    return min(moments, default=None)


def heard_beside(program: Program, state: State) -> set[str]:
    """What lanes other than the one that has the turn listen for."""
    return {name for view in views(state) if view is not state for name in listens_in(program, view)}


def listens_in(program: Program, view: State) -> dict[str, int]:
    """What is listened for where the lane waits; between two waits, what leaves the stages around it."""
    return view.waiting.hears if view.waiting is not None else stage_listens(program, view)


def in_other_lanes(turn: Turn, act: Callable[[Turn], None]) -> None:
    """Does something in each lane that has not the turn; who has the turn stays the same."""
    lanes = len(turn.state.lanes)
    for _ in range(lanes):
        take_turn(turn, turn.state.lanes[0])
        act(turn)
    if lanes:
        take_turn(turn, turn.state.lanes[0])


def fork(turn: Turn, step: Parallel) -> None:
    """Goes all lanes of a parallel from this moment on; the first one has the turn."""
    moment, rounds = turn.state.entered, turn.state.rounds
    turn.log("parallel", "begun", branches=[lane.name for lane in step.lanes])
    begun: list[Lane] = []
    for lane in step.lanes:
        turn.go(lane.goto, moment)
        begun.append(lane_of(turn.state))
        turn.set(rounds=rounds)
    first, *others = begun
    turn.set(lanes=(*others, *turn.state.lanes), **_fields(first))


def end_lane(turn: Turn, end: EndLane) -> None:
    """A lane is at its end: the run goes on after the parallel, or waits for the lanes beside it."""
    step = turn.program.steps[end.parallel]
    if not isinstance(step, Parallel):
        raise AssertionError(f"{end.id} ends no parallel")
    scopes = {lane.id for lane in step.lanes}
    beside = [lane for lane in turn.state.lanes if scopes.intersection(turn.program.steps[lane.at or ""].scopes)]
    if step.join == "all" and beside:
        turn.log("parallel", "branch_done", parallel=step.id)
        turn.set(lanes=turn.state.lanes[1:], **_fields(turn.state.lanes[0]))
        return
    turn.log("parallel", "joined", parallel=step.id, join=step.join)
    turn.leave_lanes(beside)
    turn.go(end.next, turn.state.entered)


def leave_scope(turn: Turn, scope: str) -> None:
    """Breaks off all other lanes within a scope, as a stage that is left does."""
    turn.leave_lanes([lane for lane in turn.state.lanes if scope in turn.program.steps[lane.at or ""].scopes])


def written_anew(state: State) -> State:
    """The lanes that have not the turn write their waits down anew, which looks for what came in between: for runs that go on
    from what is written, after a pause, a lost answer or a lost workflow."""
    lanes = (
        lane.model_copy(update={"phase": "arming"}) if lane.phase in ("asleep", "settling") else lane
        for lane in state.lanes
    )
    return state.model_copy(update={"lanes": tuple(lanes)})
