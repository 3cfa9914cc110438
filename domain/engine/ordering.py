"""Operators' orders: pause, resume, skip the wait, retry or leave out a parked step. `refusal` says why one cannot be obeyed."""

from collections.abc import Callable
from datetime import datetime

from domain.engine.inputs import Order
from domain.engine.lanes import in_other_lanes, lane_of, take_turn, written_anew
from domain.engine.state import Lane, Moment, Phase, State
from domain.engine.turn import Turn
from domain.engine.waiting import look_before_effect, time_up


def refusal(state: State, order: str) -> str | None:
    """Why this order makes no sense now, in words for the operator; None when it does."""
    if state.phase in ("finishing", "over"):
        return f"The run is ending: {state.reason}."
    match order:
        case "pause" if state.is_paused:
            return "The run is paused already."
        case "resume" if not state.is_paused:
            return "The run is not paused."
        case "skip_wait" if state.is_paused:
            return "The run is paused; resume it first."
        case "skip_wait" if not any(_is_waiting(lane) for lane in (lane_of(state), *state.lanes)):
            is_held = state.rests_at is not None
            return "The run's journey or channel is paused; resume that." if is_held else "The run is not waiting."
        case "retry" | "skip_step" if state.parked_at is None:
            return "The run is not parked."
        case "retry" | "skip_step" if state.is_paused:
            return "The run is paused; resume it first."
    return None


def obey(turn: Turn, given: Order) -> None:
    """Carries out an order; one that makes no sense any more changes nothing."""
    if refusal(turn.state, given.order) is not None:
        return
    match given.order:
        case "pause":
            turn.log("operator", "paused", by=given.by)
            turn.set(phase="holding", before=_resumable(turn.state), lanes=written_anew(turn.state).lanes)
        case "resume":
            turn.log("operator", "resumed", by=given.by, due=given.due)
            turn.set(phase="releasing")
            _resume(turn, given, turn.state.before)
            in_other_lanes(turn, lambda lane: _resume_lane(lane, given))
        case "skip_wait":
            if not _is_waiting(lane_of(turn.state)):
                take_turn(turn, next(lane for lane in turn.state.lanes if _is_waiting(lane)))
            turn.log("operator", "skip_wait", by=given.by)
            if turn.state.waiting is not None:
                turn.set(phase="asleep", waiting=turn.state.waiting.model_copy(update={"until": given.moment.at}))
            time_up(turn, given.moment)
        case "retry":
            _take_parked_turn(turn)
            _retry(turn, given)
            turn.set(phase="releasing", before="enter")
            in_other_lanes(turn, lambda lane: _unpark(lane, given, _retry))
        case "skip_step":
            _take_parked_turn(turn)
            _leave_out(turn, given)
            if turn.state.phase == "enter":
                turn.set(phase="releasing", before="enter")
            in_other_lanes(turn, lambda lane: _unpark(lane, given, _leave_out))


def _is_waiting(lane: Lane) -> bool:
    """Whether it waits for something that may come sooner; parked and held steps need another order."""
    return lane.waiting is not None and lane.waiting.purpose not in ("parked", "held")


def _resume(turn: Turn, given: Order, before: Phase | None) -> None:
    """What fell due meanwhile is left out, or is caught up with by a deadline that counts from now."""
    waiting = turn.state.waiting
    fell_due = waiting is not None and waiting.until is not None and waiting.until <= given.moment.at
    turn.set(skip_due=fell_due and given.due == "skip")
    if given.due == "catch_up" and (before == "enter" or (waiting and waiting.purpose == "deferral")):
        turn.set(entered=_anew(turn, given), due=_due(turn, given))


def _resume_lane(turn: Turn, given: Order) -> None:
    is_at_effect = turn.state.phase == "enter"
    _resume(turn, given, turn.state.phase)
    if is_at_effect:
        look_before_effect(turn, given.moment)


def _take_parked_turn(turn: Turn) -> None:
    if turn.state.parked is None:
        take_turn(turn, next(lane for lane in turn.state.lanes if lane.parked is not None))


def _unpark(turn: Turn, given: Order, act: Callable[[Turn, Order], None]) -> None:
    """An order to a parked run is one to each of its lanes that is parked."""
    if turn.state.parked is not None:
        act(turn, given)
        look_before_effect(turn, given.moment)


def _retry(turn: Turn, given: Order) -> None:
    turn.log("operator", "retried", by=given.by)
    turn.set(phase="enter", parked=None, waiting=None)
    if given.deadline == "anew":
        turn.set(entered=_anew(turn, given), due=_due(turn, given))


def _leave_out(turn: Turn, given: Order) -> None:
    """Goes on behind a parked step as if it had been skipped. What came while the run was parked is looked up first."""
    turn.log("operator", "skipped_step", by=given.by)
    turn.go(getattr(turn.step, "next", None), given.moment.model_copy(update={"is_exact": False}))


def _anew(turn: Turn, given: Order) -> Moment:
    """The step's deadline counts from the order; where the run listens from does not change."""
    return turn.state.entered.model_copy(update={"at": given.moment.at})


def _due(turn: Turn, given: Order) -> datetime | None:
    return given.moment.at if turn.state.due is not None else None


def _resumable(state: State) -> Phase:
    """A wait is written down anew after the pause, which also hears what came in between."""
    return "arming" if state.phase in ("asleep", "settling", "arming") else state.phase
