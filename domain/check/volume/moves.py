"""Where a run can go from a step, and how long that takes at least and at most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappop, heappush

from domain.compiler.graph import edges, ways
from domain.program import (
    Branch,
    BusinessDays,
    EndStage,
    Exit,
    ForDuration,
    Learned,
    Notify,
    Operation,
    Parallel,
    Question,
    Repeat,
    Score,
    Send,
    SetAttributes,
    Silence,
    Split,
    Stage,
    Subscribe,
    UntilClock,
    Wait,
    WaitFor,
    Webhook,
)

NOTHING = timedelta(0)
DAY = timedelta(days=1)
Steps = Mapping[str, Operation]


@dataclass(frozen=True, slots=True)
class Move:
    """To the next step, after `least` at the soonest and `most` at the latest (None: nobody knows).

    `clock`: only at these times of day. `is_certain`: the wait can really be as short as that.
    """

    to: str
    least: timedelta = NOTHING
    most: timedelta | None = None
    clock: UntilClock | None = None
    is_certain: bool = True


def moves(step: Operation, steps: Steps) -> Iterator[Move]:
    """Every way on. A stage can be left at any time, a wait for something can be over at once."""
    match step:
        case WaitFor() | Question() if step.listens:
            listens, within, otherwise = step.listens, step.within, step.otherwise
            yield from _left_stages(step, steps, within)
            yield from (Move(listen.goto, most=within) for listen in listens if listen.goto is not None)
            if within is not None and otherwise is not None:
                yield Move(otherwise, within, within)
        case Wait():
            yield from _left_stages(step, steps, _span(step)[1])
            yield from _waits(step)
        case _:
            yield from (Move(to, most=own_time(step)) for to in ways(step, steps))


_AT_ONCE = (Branch, EndStage, Exit, Repeat, Score, SetAttributes, Split, Stage, Subscribe)


def own_time(step: Operation) -> timedelta | None:
    """How long a step may take: messages and calls are tried until their deadline. None: as long as something else lasts."""
    match step:
        case Send(deadline=deadline, at=at):
            return deadline + (DAY if at is not None else NOTHING)
        case Webhook(deadline=deadline) | Notify(deadline=deadline):
            return deadline
    return NOTHING if isinstance(step, _AT_ONCE) else None


def _left_stages(step: Operation, steps: Steps, most: timedelta | None) -> Iterator[Move]:
    """Out of the stages around a step, at any time."""
    for scope in step.scopes:
        around = steps.get(scope)
        if isinstance(around, Stage) and around.then is not None:
            yield Move(around.then, most=most)


def _waits(step: Wait) -> Iterator[Move]:
    least, most, is_certain = _span(step)
    clock = step.until if isinstance(step.until, UntilClock) else None
    for to in dict.fromkeys(edge for edge in edges(step) if edge is not None):
        yield Move(to, least, most, clock, is_certain)


def _span(step: Wait) -> tuple[timedelta, timedelta | None, bool]:
    """How long a wait lasts at least and at most, and whether the least is certain to be possible."""
    least, most, is_certain = _until(step)
    return least, None if most is None else most + (step.spread or NOTHING), is_certain


def _until(step: Wait) -> tuple[timedelta, timedelta | None, bool]:
    match step.until:
        case ForDuration(span=span):
            return span, span, True
        case Silence(span=span):
            return span, None, True
        case Learned(min=least, max=most, at=at):
            longest = None if most is None else most + (DAY if at is not None else NOTHING)
            return least or NOTHING, longest, least is not None
        case BusinessDays(days=days):
            return days * DAY, 3 * days * DAY, True
        case UntilClock():
            return NOTHING, 7 * DAY, True
    return NOTHING, None, False


def rounds_around(step: Operation, steps: Steps) -> list[Repeat]:
    """The repeats that a step stands in, outermost first."""
    return [around for scope in step.scopes if isinstance(around := steps.get(scope), Repeat)]


def longest(start: str | None, steps: Steps, scope: str = "") -> dict[str, timedelta | None]:
    """The longest time from a step to each that can follow it, without leaving `scope`; None: without end, for all one knows."""
    found: dict[str, timedelta | None] = {start: NOTHING} if start is not None else {}
    visits: dict[str, int] = {}
    heads = list(found)
    while heads:
        name = heads.pop()
        for move in moves(steps[name], steps):
            if scope and scope not in steps[move.to].scopes:
                continue
            so_far = found[name]
            later = None if so_far is None or move.most is None else so_far + move.most
            visits[move.to] = visits.get(move.to, 0) + 1
            if visits[move.to] > len(steps):
                later = None
            if move.to not in found or _is_longer(later, found[move.to]):
                found[move.to] = later
                heads.append(move.to)
    return found


def _is_longer(one: timedelta | None, other: timedelta | None) -> bool:
    return other is not None and (one is None or one > other)


def shortest(step: Parallel, steps: Steps) -> timedelta:
    """The least time from the begin of a `parallel` to its end. A stage around it may be left at once."""
    if any(isinstance(steps.get(scope), Stage) for scope in step.scopes):
        return NOTHING
    spans = [soonest(lane.goto, steps).get(lane.id, NOTHING) for lane in step.lanes if lane.goto is not None]
    return (max if step.join == "all" else min)(spans, default=NOTHING)


def soonest(start: str, steps: Steps) -> dict[str, timedelta]:
    """The least time in which each step can be reached. Rounds and lanes are gone through at once."""
    found: dict[str, timedelta] = {}
    heads = [(NOTHING, start)]
    while heads:
        elapsed, name = heappop(heads)
        if name not in found:
            found[name] = elapsed
            for move in moves(steps[name], steps):
                heappush(heads, (elapsed + move.least, move.to))
    return found
