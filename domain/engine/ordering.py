"""Operators' orders: pause, resume, skip the wait, retry. `refusal` says why one cannot be obeyed."""

from datetime import datetime

from domain.engine.inputs import Order
from domain.engine.state import Moment, Phase, State
from domain.engine.turn import Turn
from domain.engine.waiting import time_up


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
        case "skip_wait" if state.waiting is None or state.waiting.purpose == "parked":
            return "The run is not waiting."
        case "retry" if state.parked is None:
            return "The run is not parked."
        case "retry" if state.is_paused:
            return "The run is paused; resume it first."
    return None


def obey(turn: Turn, given: Order) -> None:
    """Carries out an order; one that makes no sense any more changes nothing."""
    if refusal(turn.state, given.order) is not None:
        return
    match given.order:
        case "pause":
            turn.log("operator", "paused", by=given.by)
            turn.set(phase="holding", before=_resumable(turn.state))
        case "resume":
            waiting = turn.state.waiting
            fell_due = waiting is not None and waiting.until is not None and waiting.until <= given.moment.at
            turn.log("operator", "resumed", by=given.by, due=given.due)
            turn.set(phase="releasing", skip_due=fell_due and given.due == "skip")
            if given.due == "catch_up" and (
                turn.state.before == "enter" or (waiting and waiting.purpose == "deferral")
            ):
                turn.set(entered=_anew(turn, given), due=_due(turn, given))
        case "skip_wait":
            turn.log("operator", "skip_wait", by=given.by)
            if turn.state.waiting is not None:
                turn.set(phase="asleep", waiting=turn.state.waiting.model_copy(update={"until": given.moment.at}))
            time_up(turn, given.moment)
        case "retry":
            turn.log("operator", "retried", by=given.by)
            anew = {"entered": _anew(turn, given), "due": _due(turn, given)}
            turn.set(phase="releasing", before="enter", parked=None, waiting=None, **anew)


def _anew(turn: Turn, given: Order) -> Moment:
    """The step's deadline counts from the order; where the run listens from does not change."""
    return turn.state.entered.model_copy(update={"at": given.moment.at})


def _due(turn: Turn, given: Order) -> datetime | None:
    return given.moment.at if turn.state.due is not None else None


def _resumable(state: State) -> Phase:
    """A wait is written down anew after the pause, which also hears what came in between."""
    return "arming" if state.phase in ("asleep", "settling", "arming") else state.phase
