"""Which steps and ways of a journey scenarios take. A way is an edge of the program, an entry, an exit, or the goal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.decisions import Decision
from domain.engine.state import State
from domain.explain.voice import heard_by
from domain.program import (
    Branch,
    EndLane,
    EndStage,
    Exit,
    Listen,
    Operation,
    Parallel,
    Program,
    Question,
    Repeat,
    Split,
    Stage,
    UntilMoment,
    Wait,
    WaitFor,
    Webhook,
)

ON = "goes on"
WHOLE = ""
"""The step of ways that belong to the journey as a whole."""

Edge = tuple[str, str]
"""A step and the way that leads from it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """One journey. `missing` are ways and steps that no scenario takes, in the order of the document."""

    journey: str
    steps: int
    steps_taken: int
    ways: int
    ways_taken: int
    missing: tuple[Edge, ...]

    @property
    def percent(self) -> float:
        """Steps and ways that are taken, of all of them."""
        every = self.steps + self.ways
        return 100 * (self.steps_taken + self.ways_taken) / every if every else 100.0


def cover(program: Program, steps: Iterable[tuple[str, str]], edges: Iterable[tuple[str, str, str]]) -> Coverage:
    """What these steps (journey, step) and ways (journey, step, way) come to in one journey."""
    been = {step for journey, step in steps if journey == program.journey}
    taken = {(step, way) for journey, step, way in edges if journey == program.journey}
    every = list(ways_of(program))
    unseen = [(step, "is never reached") for step in program.steps if step not in been]
    untaken = [edge for edge in every if edge not in taken and (edge[0] in been or edge[0] == WHOLE)]
    return Coverage(
        journey=program.journey,
        steps=len(program.steps),
        steps_taken=len(program.steps) - len(unseen),
        ways=len(every),
        ways_taken=sum(edge in taken for edge in every),
        missing=(*unseen, *untaken),
    )


def ways_of(program: Program) -> Iterator[Edge]:
    """Every way of a journey, in the order of the document."""
    for entry in program.entries:
        yield WHOLE, entry_way(program, entry.trigger.id)
    if program.goal is not None:
        yield WHOLE, "goal"
    for trigger in program.exits:
        yield WHOLE, f"exit:{trigger.id}"
    for step in program.steps.values():
        yield from ((step.id, way) for way in _ways(step))


def entry_way(program: Program, trigger: str) -> str:
    """How an entry is called: by its events, or `by hand`."""
    entry = next((entry for entry in program.entries if entry.trigger.id == trigger), None)
    if entry is None:
        return f"entry {trigger}"
    number = f" ({trigger.rpartition('/')[2]})" if len(program.entries) > 1 else ""
    return f"entry by {' or '.join(entry.trigger.events) or 'hand'}{number}"


def whole_ways(program: Program, decision: Decision) -> list[str]:
    """The ways of the journey as a whole that a decision of routing tells of."""
    match decision.kind:
        case "entry":
            return [entry_way(program, str(decision.detail.get("trigger")))]
        case "leave":
            return [decision.outcome]
    return []


def _ways(step: Operation) -> Iterator[str]:
    match step:
        case Exit():
            return
        case Wait(until=UntilMoment(if_past="skip" | "exit")):
            yield from ("over", "past")
        case Wait():
            yield "over"
        case WaitFor():
            yield from (_hears(step, listen) for listen in step.listens)
            if step.within is not None:
                yield "time is up"
        case Branch():
            yield from (f"case {case.label}" for case in step.cases)
            yield "else"
        case Split():
            yield from (f"arm {arm.name}" for arm in step.arms)
        case Stage():
            yield from ("begins", "is left")
        case EndStage():
            yield "is used up"
        case Repeat():
            yield from ("a round", "is used up")
            if step.until is not None:
                yield "until holds"
        case Parallel():
            yield "begins"
        case EndLane():
            yield "is at its end"
        case Webhook(has_else=True):
            yield from ("done", "else")
        case Question(listens=listens) if listens:
            yield from (f"is {listen.id.rpartition('/')[2]}" for listen in listens)
            yield "time is up"
        case _:
            yield ON


def _hears(step: WaitFor, listen: Listen) -> str:
    number = f" ({step.listens.index(listen) + 1})" if len(step.listens) > 1 else ""
    return f"hears {heard_by(listen)}{number}"


def going_on(program: Program) -> frozenset[str]:
    """The steps from which there is one way only: on."""
    return frozenset(step.id for step in program.steps.values() if list(_ways(step)) == [ON])


def edges_taken(
    program: Program, plain: frozenset[str], before: State | None, after: State, decided: Sequence[Decision]
) -> Iterator[Edge]:
    """The ways between two states of a run. Where a step has several, the decision tells which; else (`plain`: see `going_on`)
    that it was left."""
    for decision in decided:
        if (decision.kind, decision.outcome) == ("stage", "left"):  # the log says so at the step that was broken off
            yield str(decision.detail.get("listen")).rpartition("/")[0], "is left"
            continue
        step = program.steps.get(decision.step or "")
        way = _way(step, decision) if step is not None else None
        if step is not None and way is not None:
            yield step.id, way
    yield from ((step, ON) for step in _left(before, after, decided) if step in plain)


def _way(step: Operation, decision: Decision) -> str | None:
    match step, decision.kind, decision.outcome:
        case Wait(), "wait", "over":
            return "over"
        case Wait(), "wait", "past":
            return "over" if decision.detail.get("if_past") == "continue" else "past"
        case WaitFor() as wait, "wait_for", "heard":
            listen = next((one for one in wait.listens if one.id == decision.detail.get("listen")), None)
            return _hears(wait, listen) if listen else None
        case WaitFor(), "wait_for", "timed_out":
            return "time is up"
        case Branch(), "branch", outcome:
            return "else" if outcome == "else" else f"case {outcome}"
        case Question(listens=listens), kind, outcome if listens and kind == step.op:
            return {"timed_out": "time is up", "asked": None, "ghost": None}.get(outcome, f"is {outcome}")
        case Split(), "split", arm:
            return f"arm {arm}"
        case Webhook(has_else=True), "webhook", outcome:
            return "else" if outcome in ("refused", "late") else "done"
        case ((Stage() | EndStage() | Repeat() | Parallel() | EndLane()), kind, outcome):
            return _SCOPES.get((kind, outcome))
    return None


_SCOPES = {
    ("stage", "entered"): "begins",
    ("stage", "used_up"): "is used up",
    ("parallel", "begun"): "begins",
    ("parallel", "branch_done"): "is at its end",
    ("parallel", "joined"): "is at its end",
    ("repeat_round", "round"): "a round",
    ("repeat_round", "used_up"): "is used up",
    ("repeat_round", "until_held"): "until holds",
}


def _left(before: State | None, after: State, decided: Sequence[Decision]) -> list[str]:
    """The steps that were gone on from between the two states; not those that were broken off because their stage was left,
    or another branch beside them was first."""
    entered = sum(after.visits.values()) - (sum(before.visits.values()) if before else 0)
    been = _places(before) if before else []
    been += after.path[-entered:] if entered else ()
    is_used_up = (
        after.phase == "finishing" and after.reason == "finished" and (before is None or before.phase != "finishing")
    )
    still = [] if is_used_up else _places(after)
    still += (decision.step for decision in decided if decision.step and decision.outcome == "left")
    for step in still:
        if step in been:
            been.remove(step)
    return been


def _places(state: State) -> list[str]:
    """Where the run is, in each of the branches that it goes."""
    return [lane.at for lane in state.places if lane.at is not None]
