"""Where a run goes on whose workflow was lost: from the state in its row, with nothing skipped and nothing done twice.

The lost workflow may have been ahead of the row by what it was told since: time-outs, events, an exit, a refresh, the end of a
pause. Time and events are looked up anew where the run waits; an exit stands in its row, a refresh shows in its entry, and a
run that writes down again that it rests is told again that its pause is over.
"""

from domain.decisions import Decision
from domain.engine.advance import advance
from domain.engine.inputs import Refreshed
from domain.engine.lanes import in_other_lanes, written_anew
from domain.engine.state import EventRef, State
from domain.engine.turn import Turn
from domain.engine.waiting import look_before_effect
from domain.program import Program


def restored(program: Program, state: State, entry: EventRef | None = None) -> tuple[State, tuple[Decision, ...]]:
    """The state to start a new workflow with, and what was decided on the way to it.

    `entry` is the event that the run counts as its own now; another than the state's was told to the lost workflow as a
    refresh, and is told again. None: a refresh is still to be delivered.
    """
    decided: tuple[Decision, ...] = ()
    if entry is not None and state.run.entry is not None and entry.id != state.run.entry.id:
        state, _, decided = advance(program, state, Refreshed(moment=state.entered, event=entry))
    turn = Turn(program, written_anew(state))
    _write_anew(turn)
    in_other_lanes(turn, _look_first)
    return turn.state, (*decided, *turn.decisions)


def _write_anew(turn: Turn) -> None:
    """A wait is written down anew, which looks for what came in between; a pause too, which takes an exit that was missed."""
    match turn.state.phase:
        case "asleep" | "settling":
            turn.set(phase="arming")
        case "held":
            turn.set(phase="holding")
        case _:
            _look_first(turn)


def _look_first(turn: Turn) -> None:
    """Before an effect inside a stage, what may have left the stage meanwhile is looked up, as after a pause."""
    if turn.state.phase == "enter":
        look_before_effect(turn, turn.state.entered)
