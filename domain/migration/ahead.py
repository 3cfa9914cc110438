"""What a run may still send: every send that some way leads to from where it stands, whatever customer and chance decide.

Branches, splits and reactions count with all their ways. Repeats count as long as rounds are left. What another version has
done already is passed over, as the engine does.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.compiler.graph import ways
from domain.engine.entering import round_of
from domain.engine.lanes import views
from domain.engine.state import Lane, State
from domain.program import EndRound, Operation, Program, Repeat, Send, Stage, Wait

LISTENING = ("wait", "wait_for", "answer", "round")
"""What a run waits for that has done its step; at any other wait, and at none, the step is still to be done."""

Ways = tuple[tuple[str, ...], tuple[str, ...]]
_Place = tuple[str | None, str | None, tuple[tuple[str, int], ...]]


@dataclass(frozen=True)
class Outlook:
    """A program with what lies ahead in it. Of the many who stand alike, only for the first the ways are gone."""

    program: Program
    _known: dict[object, Ways] = field(default_factory=dict, repr=False, compare=False)

    def of(self, state: State) -> Ways:
        """`sends_ahead` and `sends_reached`."""
        alike = (state.phase, state.done, tuple(_place(one) for one in state.places))
        if alike not in self._known:
            self._known[alike] = (sends_ahead(self.program, state), sends_reached(self.program, state))
        return self._known[alike]


def _place(one: State | Lane) -> _Place:
    """All that the ways from a place depend on."""
    purpose = one.waiting.purpose if one.waiting is not None else None
    return one.at, purpose, tuple((current.scope, current.round) for current in one.rounds)


def sends_ahead(program: Program, state: State) -> tuple[str, ...]:
    """The sends that may still go out, the nearest first."""
    return tuple(name for name in sends_reached(program, state) if not _is_passed_over(program, state, name))


def sends_reached(program: Program, state: State) -> tuple[str, ...]:
    """The same with those that were done before the run was moved to this version, and are left out when it comes to them."""
    if state.phase in ("finishing", "over"):
        return ()
    reached: dict[str, None] = {}
    heads = deque(name for view in views(state) for name in _first(program, view))
    while heads:
        name = heads.popleft()
        if name not in reached:
            reached[name] = None
            heads.extend(_next(program, state, program.steps[name]))
    return tuple(name for name in reached if isinstance(program.steps[name], Send))


def _first(program: Program, view: State) -> Iterator[str]:
    """Where a run, or one of its lanes, goes from where it stands."""
    step = program.steps[view.at or ""]
    if view.waiting is None or view.waiting.purpose not in LISTENING:
        yield step.id
        return
    if isinstance(step, Wait):
        edge = step.then if step.then is not None else step.next
        yield from [edge] if edge is not None else []
        yield from _out_of_stages(program, step)
    else:
        yield from _next(program, view, step)


def _next(program: Program, state: State, step: Operation) -> Iterator[str]:
    if isinstance(step, EndRound):
        repeat = program.steps[step.repeat]
        current = next((found for view in views(state) if (found := round_of(view, step.repeat)) is not None), None)
        is_last = isinstance(repeat, Repeat) and current is not None and current.round >= repeat.times
        edge = repeat.next if isinstance(repeat, Repeat) and is_last else step.repeat
        yield from [edge] if edge is not None else []
        yield from _out_of_stages(program, step)
    else:
        yield from ways(step, program.steps)


def _out_of_stages(program: Program, step: Operation) -> Iterator[str]:
    stages = (program.steps[scope] for scope in step.scopes)
    yield from (stage.then for stage in stages if isinstance(stage, Stage) and stage.then is not None)


def _is_passed_over(program: Program, state: State, name: str) -> bool:
    """As `Turn.was_done`, seen from here."""
    under_way = {current.scope for view in views(state) for current in view.rounds}
    scopes = program.steps[name].scopes
    is_repeated = any(scope in under_way and isinstance(program.steps[scope], Repeat) for scope in scopes)
    return name in state.done and not is_repeated
