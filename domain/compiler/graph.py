"""The program as a graph: where a run can go from a step, and what it can have passed before."""

from collections.abc import Iterator, Mapping

from domain.program import (
    Branch,
    EndRound,
    EndStage,
    Exit,
    Operation,
    Repeat,
    Split,
    Stage,
    UntilMoment,
    Wait,
    WaitFor,
    Webhook,
)


def ways(step: Operation, steps: Mapping[str, Operation]) -> Iterator[str]:
    """The steps that can come next, also by leaving a stage around this one."""
    for scope in step.scopes:
        around = steps.get(scope)
        if isinstance(around, Stage) and around.then is not None:
            yield around.then
    yield from (edge for edge in _edges(step) if edge is not None)


def _edges(step: Operation) -> Iterator[str | None]:
    match step:
        case Wait(until=until):
            yield step.then
            if isinstance(until, UntilMoment) and until.if_past == "skip":
                yield step.next
        case WaitFor(listens=listens, within=within):
            yield from (listen.goto for listen in listens)
            if within is not None:
                yield step.otherwise
        case Branch(cases=cases):
            yield from (case.goto for case in cases)
            yield step.otherwise
        case Split(arms=arms):
            yield from (arm.goto for arm in arms)
        case Stage():
            yield from (step.body, step.then)
        case EndStage():
            yield step.otherwise
        case Repeat():
            yield from (step.body, step.next)
        case EndRound():
            yield step.repeat
        case Webhook():
            yield from (step.otherwise, step.next)
        case Exit():
            return
        case _:
            yield step.next


def after(start: str, steps: Mapping[str, Operation]) -> set[str]:
    """Every step that can come after this one; the step itself only if a way leads back to it."""
    seen: set[str] = set()
    heads = [start]
    while heads:
        head = steps.get(heads.pop())
        for step in ways(head, steps) if head is not None else ():
            if step not in seen:
                seen.add(step)
                heads.append(step)
    return seen
