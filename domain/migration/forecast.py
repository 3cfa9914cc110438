"""What a move to another version would change for each person, and in sum: told by the same function that moves them.

"Would" is exact about what is certain and says of the rest what is possible. A send is *added* when the run may send it after
the move and could not before, *dropped* when it is the other way round, *repeated* when the new version comes again to a send
that was made: the engine leaves it out. `until_then` is when the wait will be over.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.compiler.graph import reading_order
from domain.engine.advance import advance, begin
from domain.engine.commands import Resolve
from domain.engine.fitting import Code, new_name, obstacle
from domain.engine.inputs import Input, Migrate
from domain.engine.migrating import migrate
from domain.engine.state import Moment, Run, State
from domain.frozen import Frozen
from domain.migration.ahead import Outlook, Ways
from domain.program import Program

Answer = Callable[[Resolve, State], Input]
"""Works out a calendar wait from what is known about the customer, as an activity does."""


class Foresight(Frozen):
    """One person. `moves` is false where they keep their version, and `why` says the reason (`code` groups them)."""

    run: UUID
    customer: UUID
    step: str
    moves: bool
    code: Code | None = None
    why: str | None = None
    to_step: str | None = None
    until: datetime | None = None
    until_then: datetime | None = None
    at_once: bool = False
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()


class StepCount(Frozen):
    """The people at one step: how many move, to which step, and for how many the wait ends earlier, later, or at once."""

    step: str
    to_step: str | None
    people: int
    moving: int
    staying: int
    earlier: int
    later: int
    at_once: int


class Reason(Frozen):
    """Why people at a step keep their version."""

    step: str
    code: Code
    why: str
    people: int


class SendCount(Frozen):
    """For how many people a send would be added, dropped, or reached again and left out."""

    step: str
    added: int = 0
    dropped: int = 0
    repeated: int = 0


class Forecast(Frozen):
    """What a move from one version to another would do, as of `as_of`. `people` is null unless it was asked for."""

    journey: str
    from_version: int
    to_version: int
    map: dict[str, str]
    as_of: datetime
    total: int
    moving: int
    staying: int
    steps: tuple[StepCount, ...]
    reasons: tuple[Reason, ...]
    sends: tuple[SendCount, ...]
    people: tuple[Foresight, ...] | None = None


def foresee(
    before: Outlook, after: Outlook, state: State, steps: Mapping[str, str], moment: Moment, answer: Answer
) -> Foresight:
    """What moving this run at this moment would come to."""
    old, new, run, waiting = before.program, after.program, state.run, state.waiting
    seen = Foresight(
        run=run.id, customer=run.customer, step=state.at or "", moves=False, until=waiting.until if waiting else None
    )
    found = obstacle(old, new, state, steps)
    if found is not None:
        return seen.model_copy(update={"code": found.code, "why": found.why})
    moved, command, _ = migrate(old, new, state, Migrate(moment=moment, version=new.version, steps=dict(steps)))
    while isinstance(command, Resolve):
        moved, command, _ = advance(new, moved, answer(command, moved))
    until = moved.waiting.until if moved.waiting else None
    is_over = until is not None and until <= moment.at
    is_passed = waiting is not None and waiting.until is not None and moved.waiting is None
    at_once = (is_over or is_passed) and not moved.is_paused
    changes: dict[str, object] = {"to_step": moved.at, "until_then": until, "at_once": at_once}
    changes |= _sends(before.of(state), after.of(moved), steps)
    return seen.model_copy(update={"moves": True, **changes})


def foresee_queued(before: Outlook, after: Outlook, run: Run, steps: Mapping[str, str]) -> Foresight:
    """A run that its journey's intake has not let in yet simply begins with the new version."""
    now = begin(before.program, run)
    then = begin(after.program, run.model_copy(update={"version": after.program.version}))
    seen = Foresight(run=run.id, customer=run.customer, step=now.at or "", moves=True, to_step=then.at)
    return seen.model_copy(update=_sends(before.of(now), after.of(then), steps))


def _sends(now: Ways, then: Ways, steps: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    (ahead, _), (ahead_then, reached_then) = now, then
    named = {new_name(name, steps): name for name in ahead}
    return {
        "added": tuple(name for name in ahead_then if name not in named),
        "dropped": tuple(name for called, name in named.items() if called not in ahead_then),
        "repeated": tuple(name for name in reached_then if name not in ahead_then),
    }


@dataclass
class Sum:
    """Adds people up, however many they are."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    to_steps: dict[str, str] = field(default_factory=dict)
    reasons: Counter[tuple[str, Code, str]] = field(default_factory=Counter)
    sends: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, people: Iterable[Foresight]) -> None:
        for one in people:
            count = self.counts.setdefault(one.step, Counter())
            count["people"] += 1
            if one.code is not None and one.why is not None:
                count["staying"] += 1
                self.reasons[one.step, one.code, one.why] += 1
                continue
            count["moving"] += 1
            count[_change(one)] += 1
            self.to_steps.setdefault(one.step, one.to_step or "")
            for kind in ("added", "dropped", "repeated"):
                for send in getattr(one, kind):
                    self.sends.setdefault(send, Counter())[kind] += 1

    def steps(self, old: Program) -> tuple[StepCount, ...]:
        """In the order of the plan."""
        names = [name for name in ("", *reading_order(old.start, old.steps)) if name in self.counts]
        return tuple(
            StepCount(
                step=name,
                to_step=self.to_steps.get(name),
                **{
                    key: self.counts[name][key]
                    for key in ("people", "moving", "staying", "earlier", "later", "at_once")
                },
            )
            for name in names
        )

    def forecast(
        self, old: Program, new: Program, steps: Mapping[str, str], as_of: datetime, people: list[Foresight] | None
    ) -> Forecast:
        counted = self.steps(old)
        order = [*reading_order(new.start, new.steps), *reading_order(old.start, old.steps)]
        return Forecast(
            journey=old.journey,
            from_version=old.version,
            to_version=new.version,
            map=dict(steps),
            as_of=as_of,
            total=sum(count.people for count in counted),
            moving=sum(count.moving for count in counted),
            staying=sum(count.staying for count in counted),
            steps=counted,
            reasons=tuple(
                Reason(step=step, code=code, why=why, people=number)
                for (step, code, why), number in self.reasons.most_common()
            ),
            sends=tuple(SendCount(step=name, **self.sends[name]) for name in sorted(self.sends, key=order.index)),
            people=tuple(people) if people is not None else None,
        )


def _change(one: Foresight) -> str:
    """How the end of the wait changes."""
    if one.at_once:
        return "at_once"
    if one.until is None or one.until_then is None or one.until == one.until_then:
        return "same"
    return "earlier" if one.until_then < one.until else "later"
