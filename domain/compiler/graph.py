"""The program as a graph: where a run can go from a step, and what it can have passed before."""

from collections.abc import Iterator, Mapping

from domain.program import (
    Approve,
    Branch,
    EndLane,
    EndRound,
    EndStage,
    Exit,
    Operation,
    Parallel,
    Repeat,
    Split,
    Stage,
    StartJourney,
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
    yield from (edge for edge in edges(step) if edge is not None)


def edges(step: Operation) -> Iterator[str | None]:
    """Where a step itself leads; None: the plan is used up."""
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
        case Parallel(lanes=lanes):
            yield from (lane.goto for lane in lanes)
        case EndLane():
            yield step.next
        case Approve(listens=listens):
            yield from (listen.goto for listen in listens)
            yield step.otherwise
        case StartJourney(listens=listens) if listens:
            yield from (listen.goto for listen in listens)
            yield step.otherwise
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


def reading_order(start: str | None, steps: Mapping[str, Operation]) -> list[str]:
    """The steps as the author wrote them, from the top: a way before the next one, and what they lead to after both.

    PostgreSQL keeps programs as jsonb, which forgets the order of keys. Depth-first, last edge first, and turned round.
    """
    finished: list[str] = []
    seen: set[str] = set()
    stack: list[tuple[str, bool]] = [(start, False)] if start is not None else []
    while stack:
        name, is_left = stack.pop()
        if is_left:
            finished.append(name)
        elif name not in seen and name in steps:
            seen.add(name)
            stack.append((name, True))
            stack += [(edge, False) for edge in ways(steps[name], steps)]
    return finished[::-1]
