"""A run goes on by another version of its journey: from the same step or the one that takes its place, repeating nothing.

What it has done, heard and counted is carried over under the map. A wait that was changed counts from when it was entered,
and is written down anew: that looks back, so no event falls between the versions. Whether it can be: `fitting.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.decisions import Decision
from domain.engine.advance import command_of
from domain.engine.commands import Command
from domain.engine.entering import arm, enter, hears_of, round_of, spread_of
from domain.engine.fitting import EFFECTS, new_name, obstacle
from domain.engine.inputs import Migrate
from domain.engine.lanes import in_other_lanes, views
from domain.engine.state import Lane, Moment, Round, State, Waiting
from domain.engine.turn import Turn, later, stage_listens
from domain.program import (
    Approve,
    EndRound,
    ForDuration,
    Operation,
    Program,
    Question,
    Repeat,
    Send,
    Silence,
    Stage,
    Wait,
    WaitFor,
)


def migrate(old: Program, new: Program, state: State, given: Migrate) -> tuple[State, Command, tuple[Decision, ...]]:
    """Moves the run to `new`: the state, the command it now waits on, and what was decided.

    A run that cannot be moved (`fitting.obstacle`) stays as it was, but for `number`, and on its version.
    """
    numbered = state.with_changes({"number": state.number + 1})
    if obstacle(old, new, state, given.steps) is not None:
        return numbered, command_of(old, numbered), ()
    turn = Turn(new, _carried(old, new, numbered, given))
    was = {"was": state.at} if turn.state.at != state.at else {}
    turn.log("migration", "moved", **{"from": old.version, "to": new.version, "by": given.by, **was})
    before = iter(old.steps[view.at or ""] for view in views(state))
    _go_on(turn, next(before), given.moment, old)
    in_other_lanes(turn, lambda lane: _go_on(lane, next(before), given.moment, old))
    enter(turn)
    return turn.state, command_of(new, turn.state), tuple(turn.decisions)


def renamed(state: State, steps: Mapping[str, str]) -> State:
    """The state with every step called as the map says. Two that become one count together."""
    visits: dict[str, int] = {}
    for name, count in state.visits.items():
        visits[new_name(name, steps)] = visits.get(new_name(name, steps), 0) + count
    return state.with_changes(
        {
            **_place(state, steps),
            "visits": visits,
            "sends": {new_name(name, steps): sent for name, sent in state.sends.items()},
            "sent_as": _sent_as(state, steps),
            "done": tuple(dict.fromkeys(new_name(name, steps) for name in state.done)),
            "path": tuple(new_name(name, steps) for name in state.path),
            "lanes": tuple(lane.with_changes(_place(lane, steps)) for lane in state.lanes),
        }
    )


def _place(place: State | Lane, steps: Mapping[str, str]) -> dict[str, Any]:
    """Where a run or a lane stands, in other words."""
    waiting = place.waiting
    if waiting is not None:
        hears = {new_name(name, steps): since for name, since in waiting.hears.items()}
        waiting = waiting.with_changes({"hears": hears})
    return {
        "at": new_name(place.at, steps) if place.at is not None else None,
        "rounds": tuple(r.with_changes({"scope": new_name(r.scope, steps)}) for r in place.rounds),
        "waiting": waiting,
        "heard_by": new_name(place.heard_by, steps) if place.heard_by is not None else None,
    }


def _sent_as(state: State, steps: Mapping[str, str]) -> dict[str, str]:
    """Reactions name the step that sent: under which id that was, for every send that has another one now."""
    names = {new_name(name, steps): state.sent_as.get(name, name) for name in state.sends}
    return {name: sent_as for name, sent_as in names.items() if name != sent_as}


def _asked_as(old: Program, state: State, steps: Mapping[str, str]) -> dict[str, str]:
    """The same for questions to people: a send that waits for the answer looks for the question under that id."""
    asked = (name for name in state.visits if isinstance(old.steps.get(name), Approve))
    names = {new_name(name, steps): state.sent_as.get(name, name) for name in asked}
    return {name: asked_as for name, asked_as in names.items() if name != asked_as}


def _carried(old: Program, new: Program, state: State, given: Migrate) -> State:
    """What the run remembers, in the words of the new version."""
    moved = renamed(state, given.steps)
    lanes = [
        lane.with_changes({"rounds": _rounds(old, new, before, lane, given.moment)})
        for before, lane in zip(state.lanes, moved.lanes, strict=True)
    ]
    return moved.with_changes(
        {
            "run": moved.run.with_changes({"version": new.version}),
            "rounds": _rounds(old, new, state, moved, given.moment),
            "lanes": tuple(lanes),
            "done": _done(old, state, moved, given.steps),
            "sent_as": {**moved.sent_as, **_asked_as(old, state, given.steps)},
            "moved_at": given.moment.at,
        }
    )


def _rounds(old: Program, new: Program, before: State | Lane, now: State | Lane, moment: Moment) -> tuple[Round, ...]:
    """The stages and repeats that are still around the step; stages that are new around it are entered now."""
    here = new.steps[now.at or ""]
    pairs = zip(now.rounds, before.rounds, strict=True)
    kept = [current for current, was in pairs if _is_open(old, new, here, was, current)]
    under_way = {current.scope for current in kept}
    entered = [
        Round(scope=scope, entered=moment)
        for scope in here.scopes
        if scope not in under_way and isinstance(new.steps[scope], Stage)
    ]
    return (*kept, *entered)


def _is_open(old: Program, new: Program, here: Operation, before: Round, now: Round) -> bool:
    """Whether a stage or repeat of the old version still lies around the step."""
    around = {*here.scopes, here.id, getattr(here, "repeat", None)}
    scope = new.steps.get(now.scope)
    return now.scope in around and scope is not None and scope.op == old.steps[before.scope].op


def _done(old: Program, state: State, moved: State, steps: Mapping[str, str]) -> tuple[str, ...]:
    """Effects that are not to be done again: what was sent, and what else was passed."""
    standing = {view.at for view in views(state)}
    passed = [
        new_name(name, steps)
        for name in state.visits
        if name not in standing and isinstance(old.steps.get(name), EFFECTS) and not isinstance(old.steps[name], Send)
    ]
    return tuple(dict.fromkeys((*moved.done, *moved.sends, *passed)))


def _go_on(turn: Turn, was: Operation, moment: Moment, old: Program) -> None:
    """A wait is written down anew, which also hears what came meanwhile; so is the place between two effects in a stage."""
    state = turn.state
    if state.parked is not None:
        return
    if state.waiting is None:
        if state.phase == "enter" and stage_listens(turn.program, state):
            arm(turn, "deferral", moment.at)
        return
    place = "before" if state.is_paused else "phase"
    waiting = _waiting(turn, was, state.waiting, moment, old)
    if waiting is None:
        turn.set(waiting=None, due=None, **{place: "enter"})
        return
    if waiting.until != state.waiting.until and waiting.until is not None:
        turn.log("wait", "until", purpose=waiting.purpose, until=waiting.until.isoformat())
    hears = {**waiting.hears, **stage_listens(turn.program, turn.state)}
    turn.set(waiting=waiting.with_changes({"hears": hears}), **{place: "arming"})


def _waiting(turn: Turn, was: Operation, waiting: Waiting, moment: Moment, old: Program) -> Waiting | None:
    """The wait as the new version has it; None where it is to be worked out from what is known about the customer."""
    until, entered = waiting.until, turn.state.entered
    if waiting.purpose in ("deferral", "held"):
        is_worked_out_anew = isinstance(was, Send) and isinstance(turn.step, Send) and was.at != turn.step.at
        return None if is_worked_out_anew and turn.state.due is not None else waiting.with_changes({"hears": {}})
    match was, turn.step:
        case Wait() as before, Wait() as now:
            if _is_same(before, now):
                return Waiting(purpose="wait", until=until)
            span = _span(turn, before, now, until)
            return Waiting(purpose="wait", until=span) if span is not None else None
        case _, Wait(until=ForDuration(span=length) | Silence(span=length)):
            return Waiting(purpose="wait", until=later(entered.at, turn.scaled(length) + spread_of(turn)))
        case _, Wait():
            return None
        case _, WaitFor() as now:
            since = entered if entered.is_exact else entered.with_changes({"position": moment.position})
            if not (isinstance(was, WaitFor) and was.within == now.within):
                until = later(entered.at, turn.scaled(now.within)) if now.within is not None else None
            hears = hears_of(turn.state, now, since)
            heard_since = {name: position for name, position in waiting.hears.items() if name in hears}
            return Waiting(purpose="wait_for", until=until, hears={**hears, **heard_since})
        case Question() as before, Question() as now:
            ids = {listen.id for listen in now.listens}
            hears = {name: position for name, position in waiting.hears.items() if name in ids}
            if not ids:
                return waiting.with_changes({"until": moment.at, "hears": {}})
            return waiting.with_changes({"until": _answer_until(turn, before, now, until), "hears": hears})
        case EndRound() as before, EndRound() as now:
            return Waiting(purpose="round", until=_next_round(turn, old.steps[before.repeat], now, until, moment.at))
    return waiting.with_changes({"hears": {}})


def _is_same(before: Wait, now: Wait) -> bool:
    """Whether both wait equally long; the listen of a silence is called after its step."""
    if isinstance(before.until, Silence) and isinstance(now.until, Silence):
        return before.until.span == now.until.span and before.spread == now.spread
    return before.until == now.until and before.spread == now.spread


def _span(turn: Turn, before: Wait, now: Wait, until: datetime | None) -> datetime | None:
    """A duration counts from when the step was entered, a silence from what last broke it."""
    match before.until, now.until:
        case Silence(span=old_span), Silence(span=new_span) if until is not None:
            return later(until, turn.scaled(new_span - old_span))
        case _, ForDuration(span=span) | Silence(span=span):
            return later(turn.state.entered.at, turn.scaled(span) + spread_of(turn))
    return None


def _answer_until(turn: Turn, before: Question, now: Question, until: datetime | None) -> datetime | None:
    """An answer is waited for since the question was asked."""
    if now.within is None:
        return None
    if before.within is not None and until is not None:
        return later(until, turn.scaled(now.within - before.within))
    return later(turn.state.entered.at, turn.scaled(now.within))


def _next_round(turn: Turn, before: Operation, end: EndRound, until: datetime | None, now: datetime) -> datetime | None:
    """When the next round begins; at once when the new version has no more of them."""
    step, current = turn.program.steps[end.repeat], round_of(turn.state, end.repeat)
    if not isinstance(step, Repeat) or current is None or current.round_began is None:
        return now
    if current.round >= step.times:
        return now
    if isinstance(before, Repeat) and before.every == step.every:
        return until
    return later(current.round_began, turn.scaled(step.every))
