"""The most messages that one run can send within seven days, over all ways through its journey.

Ways are extended step by step, each with the soonest that it can be there; of two at the same step only the one is kept
that has sent no fewer messages in no more time. Every wait is as short as it can be, every branch may go either way.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count

from domain.check.volume.again import Again
from domain.check.volume.labels import Label, Round, at_clock
from domain.check.volume.moves import NOTHING, Move, longest, moves, own_time, rounds_around, shortest
from domain.program import EndLane, EndRound, Operation, Parallel, Program, Repeat, Send

WEEK = timedelta(days=7)
MANY = 100
"""More than so many in a week are not counted any further."""

MOST_LABELS = 20_000

Wanted = Callable[[Send], bool]


@dataclass(frozen=True, slots=True)
class Worst:
    """`messages` are the steps that send, in their order, within `span`. `is_certain`: no wait was taken to be shorter than
    it may be; else it is a bound. `is_all`: everything was looked at."""

    count: int
    messages: tuple[str, ...] = ()
    span: timedelta = NOTHING
    is_certain: bool = True
    is_all: bool = True


def worst_week(program: Program, wanted: Wanted, again: Again | None = None) -> Worst:
    """The most of the wanted messages within seven days: of one run, or with `again` of one run after another."""
    return _Weeks(program.steps, wanted, again, program.start).worst()


class _Weeks:
    """The search through one journey, or through one lane of a `parallel` (`scope`)."""

    def __init__(
        self, steps: Mapping[str, Operation], wanted: Wanted, again: Again | None, start: str | None, scope: str = ""
    ) -> None:
        self.steps = steps
        self.wanted = wanted
        self.again = again
        self.start = start
        self.scope = scope
        self.kept: dict[str, list[Label]] = {}
        self.heap: list[tuple[timedelta, int, int, Label]] = []
        self.numbers = count()
        self.bursts: dict[str, Worst] = {}
        self.lasts: dict[str, Mapping[str, timedelta | None]] = {}

    def worst(self) -> Worst:
        best: Label | None = None
        for label in self._firsts():
            self._keep(label)
        seen = 0
        while self.heap:
            label = heappop(self.heap)[3]
            if label not in self.kept[label.at]:
                continue
            best = label if best is None or label.count > best.count else best
            seen += 1
            if best.count >= MANY or seen >= MOST_LABELS:
                return self._told(best, is_all=best.count >= MANY)
            for move in self._moves(label):
                self._follow(label, move)
            if self.again is not None and self.again.may_follow(self.steps[label.at]):
                self._enter_again(label)
        return Worst(0) if best is None else self._told(best, is_all=True)

    def _told(self, best: Label, *, is_all: bool) -> Worst:
        messages = tuple(best.messages())
        return Worst(best.count, messages, best.elapsed, best.is_certain, is_all)

    def _firsts(self) -> Iterator[Label]:
        """A week begins with any message: how far the rounds around it have come is not known."""
        for step in self.steps.values():
            if not self._is_here(step):
                continue
            if isinstance(step, Send) and self.wanted(step):
                once = frozenset({step.template}) if step.once else frozenset()
                rounds = tuple(self._under_way(around, step) for around in rounds_around(step, self.steps))
                yield Label(step.id, NOTHING, 1, rounds, once=once, entered=self._entered(step), sent=(step.id,))
            elif isinstance(step, Parallel) and (burst := self._burst(step)).count:
                rounds = tuple(self._under_way(around, step) for around in rounds_around(step, self.steps))
                yield Label(
                    step.id,
                    NOTHING,
                    burst.count,
                    rounds,
                    entered=self._entered(step),
                    is_certain=False,
                    sent=burst.messages,
                )

    def _entered(self, step: Operation) -> timedelta:
        """How long ago a run at this step can have begun, as far as that matters."""
        return NOTHING if self.again is None else -self._age(self.start, "", step, self.again.every)

    def _is_here(self, step: Operation) -> bool:
        """Whether a step is part of this search: what stands in a lane is summed up in its `parallel`."""
        inner = step.scopes[step.scopes.index(self.scope) + 1 :] if self.scope in step.scopes else step.scopes
        is_inside = not self.scope or self.scope in step.scopes
        return is_inside and not any(isinstance(self.steps.get(scope), EndLane) for scope in inner)

    def _under_way(self, repeat: Repeat, step: Operation) -> Round:
        began = -self._age(repeat.body, repeat.id, step, repeat.every)
        return Round(repeat.id, began, repeat.times - 1, True)

    def _age(self, start: str | None, scope: str, step: Operation, limit: timedelta) -> timedelta:
        """How much time can have passed since `start` when a step has done its work, at most `limit`."""
        if scope not in self.lasts:
            self.lasts[scope] = longest(start, self.steps, scope)
        last = self.lasts[scope].get(step.id)
        own = own_time(step)
        return limit if last is None or own is None else min(last + own, limit)

    def _moves(self, label: Label) -> Iterator[Move]:
        step = self.steps[label.at]
        if isinstance(step, Parallel):
            return iter([Move(step.next)] if step.next is not None else [])
        return (move for move in moves(step, self.steps) if self._is_here(self.steps[move.to]))

    def _follow(self, label: Label, move: Move) -> None:
        step, to = self.steps[label.at], self.steps[move.to]
        rounds = tuple(one for one in label.rounds if one.repeat in to.scopes or one.repeat == to.id)
        anchor = at_clock(label, move.clock) if move.clock is not None else label.anchor
        elapsed = anchor.at if anchor is not None and move.clock is not None else label.elapsed + move.least
        if isinstance(step, Repeat):
            opened = _opened(step, label, is_body=step.id in to.scopes)
            if opened is None:
                return
            rounds, elapsed = opened
        elif isinstance(step, EndRound) and to.id != step.repeat:
            return
        self._enter(replace(label, elapsed=elapsed, rounds=rounds, anchor=anchor, before=label), to, move.is_certain)

    def _enter(self, label: Label, to: Operation, is_certain: bool) -> None:
        """At the next step, with what it sends."""
        once, elapsed = label.once, label.elapsed
        sent: tuple[str, ...] = ()
        if isinstance(to, Send) and self.wanted(to) and to.template not in once:
            sent = (to.id,)
            once = once | {to.template} if to.once else once
        elif isinstance(to, Parallel):
            burst = self._burst(to)
            sent, is_certain = burst.messages, False
            elapsed += shortest(to, self.steps)
        if elapsed < WEEK:
            self._keep(
                replace(
                    label, at=to.id, elapsed=elapsed, count=label.count + len(sent), once=once, sent=sent,
                    is_certain=label.is_certain and is_certain,
                )
            )  # fmt: skip

    def _enter_again(self, label: Label) -> None:
        if self.again is not None and self.start is not None:
            at = max(label.elapsed, label.entered + self.again.every)
            anew = replace(label, elapsed=at, entered=at, rounds=(), before=label)
            self._enter(anew, self.steps[self.start], is_certain=True)

    def _keep(self, label: Label) -> None:
        others = self.kept.setdefault(label.at, [])
        if any(other.beats(label) for other in others):
            return
        self.kept[label.at] = [other for other in others if not label.beats(other)] + [label]
        heappush(self.heap, (label.elapsed, -label.count, next(self.numbers), label))

    def _burst(self, step: Parallel) -> Worst:
        """What the lanes of a `parallel` can send in one week, all together."""
        if step.id not in self.bursts:
            lanes = [_Weeks(self.steps, self.wanted, None, lane.goto, lane.id).worst() for lane in step.lanes]
            messages = tuple(message for lane in lanes for message in lane.messages)
            self.bursts[step.id] = Worst(sum(lane.count for lane in lanes), messages)
        return self.bursts[step.id]


def _opened(repeat: Repeat, label: Label, *, is_body: bool) -> tuple[tuple[Round, ...], timedelta] | None:
    """The rounds under way after a step from the repeat, and when; None: it cannot go there."""
    around = tuple(one for one in label.rounds if one.repeat != repeat.id)
    current = next((one for one in label.rounds if one.repeat == repeat.id), None)
    if not is_body:
        is_over = repeat.until is not None or (current is not None and (current.is_free or current.left == 0))
        return (around, label.elapsed) if is_over else None
    if current is None:
        return (*around, Round(repeat.id, label.elapsed, repeat.times - 1, False)), label.elapsed
    if current.left == 0:
        return None
    began = max(label.elapsed, current.began + repeat.every)
    return (*around, replace(current, began=began, left=current.left - 1)), began
