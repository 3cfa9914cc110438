"""One turn of the engine: the state as it changes, and the log of what was decided on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from domain.decisions import Decision
from domain.engine.state import Lane, Moment, State
from domain.program import Edge, EndRound, Listen, Operation, Program, Question, Repeat, Silence, Stage, Wait, WaitFor

LATEST = datetime.max.replace(tzinfo=UTC)

PATH_KEPT = 40
"""How many of the last steps a run remembers for the operator's view; the whole path is in the decision log."""


def later(at: datetime, span: timedelta) -> datetime:
    """A moment after another; at most the last one that the calendar knows."""
    return at + span if span < LATEST - at else LATEST


@dataclass
class Turn:
    """`set` changes the state, `log` adds a decision about the current step, `go` follows an edge."""

    program: Program
    state: State
    decisions: list[Decision] = field(default_factory=list)

    @property
    def step(self) -> Operation:
        return self.program.steps[self.state.at or ""]

    @property
    def was_done(self) -> bool:
        """Whether the step was done before the run was moved to this version; a repeat that is under way does it again."""
        state = self.state
        if state.at not in state.done:
            return False
        under_way = {current.scope for current in state.rounds}
        return not any(
            scope in under_way and isinstance(self.program.steps[scope], Repeat) for scope in self.step.scopes
        )

    def set(self, **changes: Any) -> None:
        self.state = self.state.with_changes(changes)

    def log(self, kind: str, outcome: str, **detail: JsonValue) -> None:
        step = self.state.at
        visit = self.state.visit if step else None
        self.decisions.append(Decision(kind=kind, outcome=outcome, step=step, visit=visit, detail=detail))

    def scaled(self, span: timedelta) -> timedelta:
        """A duration as this run lives it: development runs faster."""
        return span / self.state.run.time_scale

    def go(self, edge: Edge, moment: Moment) -> None:
        """Enters the step at the end of the edge and leaves the scopes that do not enclose it. No edge: the plan is used up."""
        if edge is None:
            self.finish("finished")
            return
        step = self.program.steps[edge]
        kept = {*step.scopes, edge}
        if isinstance(step, EndRound):
            kept.add(step.repeat)
        self.set(
            phase="enter",
            at=edge,
            entered=moment,
            waiting=None,
            due=None,
            parked=None,
            visits={**self.state.visits, edge: self.state.visits.get(edge, 0) + 1},
            rounds=tuple(r for r in self.state.rounds if r.scope in kept),
            path=(*self.state.path, edge)[-PATH_KEPT:],
        )

    def leave_lanes(self, lanes: Sequence[Lane]) -> None:
        """Breaks off these of the lanes beside the one that has the turn."""
        if not lanes:
            return
        visits = self.state.visits
        self.decisions += (
            Decision(kind="parallel", outcome="left", step=lane.at, visit=visits.get(lane.at or "")) for lane in lanes
        )
        self.set(lanes=tuple(lane for lane in self.state.lanes if lane not in lanes))

    def finish(self, reason: str) -> None:
        self.leave_lanes(self.state.lanes)
        self.set(phase="finishing", reason=reason, waiting=None, parked=None)


def stage_listens(program: Program, state: State) -> dict[str, int]:
    """What leaves the stages around the step, each with the position after which it is heard."""
    stages = ((program.steps[current.scope], current.entered.position) for current in state.rounds)
    return {step.until.id: position for step, position in stages if isinstance(step, Stage)}


def listen_named(program: Program, name: str) -> Listen | None:
    """The listen with this id; its step is what stands before the last slash."""
    step = program.steps.get(name.rpartition("/")[0])
    match step:
        case WaitFor() | Question():
            return next((listen for listen in step.listens if listen.id == name), None)
        case Stage():
            return step.until if step.until.id == name else None
        case Wait(until=Silence(listen=listen)):
            return listen if listen.id == name else None
    return None
