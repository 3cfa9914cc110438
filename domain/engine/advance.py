"""The step from one input to the next command. Pure: the same program, state and input give the same answer, for ever.

`begin` makes the first state, `advance` takes an input, `command_of` reads the next command off a state.
"""

from datetime import datetime

from domain.decisions import Decision
from domain.engine.commands import (
    Apply,
    Arm,
    CallWebhook,
    Choose,
    Command,
    Finish,
    Gather,
    Hold,
    Locate,
    NotifyColleagues,
    Release,
    Resolve,
    SendMessage,
    Settle,
    Sleep,
    Stop,
)
from domain.engine.entering import enter
from domain.engine.holding import lift, lift_beside, rest
from domain.engine.inputs import (
    Chosen,
    Done,
    Finished,
    Heard,
    Input,
    Leave,
    Lifted,
    Order,
    Outcome,
    Refreshed,
    Resolved,
    TimeUp,
)
from domain.engine.lanes import in_other_lanes
from domain.engine.ordering import obey
from domain.engine.outcomes import chosen, resolved, take_outcome
from domain.engine.sending import deadline_of
from domain.engine.state import Run, State
from domain.engine.turn import Turn, listen_named
from domain.engine.waiting import done, hear, refresh, time_up
from domain.program import Branch, Notify, Parallel, Program, Repeat, Send, Silence, Stage, Wait, WaitFor, Webhook


def begin(program: Program, run: Run) -> State:
    """The state of a run that has just entered: at the first step that needs something from outside."""
    return _opening(program, run).state


def first_decisions(program: Program, run: Run) -> tuple[Decision, ...]:
    """What was decided on the way there."""
    return tuple(_opening(program, run).decisions)


def begun(program: Program, run: Run) -> tuple[State, tuple[Decision, ...]]:
    """What `begin` and `first_decisions` give, at the price of one of them."""
    turn = _opening(program, run)
    return turn.state, tuple(turn.decisions)


def _opening(program: Program, run: Run) -> Turn:
    turn = Turn(program, State(run=run, entered=run.entered))
    turn.go(program.start, run.entered)
    enter(turn)
    return turn


def advance(program: Program, state: State, given: Input) -> tuple[State, Command, tuple[Decision, ...]]:
    """Takes one input; gives the new state, the command it now waits on, and what was decided.

    An input that has no meaning where the run is (a stale signal, a repeated order) changes nothing but `number`.
    """
    turn = Turn(program, state)
    turn.set(number=state.number + 1)
    match given:
        case Done():
            done(turn, given.moment)
        case Outcome(result="held"):
            rest(turn, given)
        case Outcome():
            take_outcome(turn, given)
        case TimeUp():
            time_up(turn, given.moment)
        case Heard():
            hear(turn, given)
        case Leave():
            leave(turn, given)
        case Finished():
            turn.log("end", state.reason or "finished")
            turn.set(phase="over")
        case Refreshed():
            refresh(turn, given)
        case Order():
            obey(turn, given)
        case Lifted():
            lift(turn, given)
            in_other_lanes(turn, lambda lane: lift_beside(lane, given))
        case Chosen():
            chosen(turn, given)
        case Resolved():
            resolved(turn, given)
    enter(turn)
    return turn.state, command_of(program, turn.state), tuple(turn.decisions)


def leave(turn: Turn, given: Leave) -> None:
    if turn.state.phase == "over":
        return
    turn.log("leave", given.reason)
    turn.finish(given.reason)


def command_of(program: Program, state: State) -> Command:
    """The command that a state waits on: nothing else needs to be remembered."""
    match state.phase:
        case "gathering":
            listen = listen_named(program, state.heard_by or "")
            return Gather(step=state.at or "", name=(listen.gather_as if listen else None) or "")
        case "arming":
            return Arm()
        case "asleep":
            return Sleep(until=state.waiting.until if state.waiting else None)
        case "settling":
            match program.steps[state.at or ""]:
                case Wait(until=Silence(span=span)):
                    return Settle(silence=span / state.run.time_scale)
                case _:
                    return Settle()
        case "holding":
            return Hold()
        case "held":
            return Sleep()
        case "releasing":
            return Release()
        case "finishing":
            return Finish(reason=state.reason or "finished")
        case "over":
            return Stop(reason=state.reason or "finished")
        case "enter":
            return _command_of_step(program, state)


def _command_of_step(program: Program, state: State) -> Command:
    match program.steps[state.at or ""]:
        case Send(at=str()) as send if state.due is None:
            return Resolve(step=send.id, since=_changed_since(state))
        case Send() as send:
            return SendMessage(step=send.id, deadline=deadline_of(state, send.deadline))
        case Branch(id=step) | Repeat(id=step):
            return Choose(step=step)
        case Wait(id=step, until=Silence()) | WaitFor(id=step) | Stage(id=step) | Parallel(id=step):
            return Locate(step=step)
        case Wait(id=step):
            return Resolve(step=step, since=_changed_since(state))
        case Webhook() as webhook:
            return CallWebhook(step=webhook.id, deadline=deadline_of(state, webhook.deadline))
        case Notify() as notify:
            return NotifyColleagues(step=notify.id, deadline=deadline_of(state, notify.deadline))
        case step:
            return Apply(step=step.id)


def _changed_since(state: State) -> datetime | None:
    """When a step was entered whose moment another version has changed since; None for all others."""
    is_older = state.moved_at is not None and state.entered.at < state.moved_at
    return state.entered.at if is_older else None
