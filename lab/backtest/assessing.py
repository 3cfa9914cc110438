"""From one person's replay to totals and differences; from many to a result that adds up in any number of parts."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.events import EventName
from lab.backtest.comparing import Comparison
from lab.backtest.really import really
from lab.backtest.replaying import Draft, Replay
from lab.backtest.telling import Person, example
from lab.figures.calendar import Days
from lab.figures.course import Course
from lab.figures.courses import courses_of
from lab.figures.tally import Tally

OF_A_KIND = 20
"""People who are kept for the same difference, so that what is rare is seen beside what is common; `--people` has all."""

OPERATORS_ENDS = "stopped:"


@dataclass
class Result:
    """Totals of the draft and of reality, and examples of people for whom something would have been different: of each kind the
    first, in whatever parts it is added up."""

    draft: Tally = field(default_factory=Tally)
    real: Tally = field(default_factory=Tally)
    examples: list[dict[str, Any]] = field(default_factory=list)
    _kept: Counter[tuple[str, str]] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        for one in self.examples:
            self._kept.update(_kinds(one))

    def add(self, other: "Result") -> None:
        """Adds another part."""
        self.draft.add(other.draft)
        self.real.add(other.real)
        for one in other.examples:
            self.keep(one)

    def keep(self, one: dict[str, Any]) -> None:
        """Keeps the example, unless there are enough that show the same."""
        kinds = _kinds(one)
        if any(self._kept[kind] < OF_A_KIND for kind in kinds):
            self.examples.append(one)
            self._kept.update(kinds)


def _kinds(one: dict[str, Any]) -> set[tuple[str, str]]:
    return {(difference["kind"], difference["what"]) for difference in one["differences"]}


@dataclass(frozen=True)
class Assessor:
    """Adds one person after the other to a result. `against`: only runs of this version are compared; None: all that there were."""

    draft: Draft
    days: Days
    comparison: Comparison
    against: int | None = None

    def add(self, played: Replay, result: Result) -> Person:
        """Adds the person's replay and gives them back, for whoever lists people."""
        until = self.draft.until
        drafted = courses_of(played.world, leaving_out=played.standing)
        real = really(played.person, played.replaced.values(), until)
        result.draft.person(played.world, drafted, self.days, until)
        others = {course.event for course in real if self.against not in (None, course.version)}
        compared = [course for course in real if course.event not in others]
        result.real.courses(compared, self.days)
        for decision in played.person.decisions:
            if decision.kind == "near_miss":
                result.real.misses[decision.outcome,] += 1
        differences = self.comparison.differences(
            compared, [course for course in drafted if course.event not in others]
        )
        person = Person(str(played.person.id), drafted, real, differences)
        self._count(played, person, len(others), result)
        if differences:
            result.keep(example(person))
        return person

    def _count(self, played: Replay, person: Person, left_out: int, result: Result) -> None:
        tally = result.draft
        tally.people["events",] += len(played.person.events)
        if person.draft or person.real:
            tally.people["different" if person.differences else "alike",] += 1
        for one in person.differences:
            tally.apart[one.kind, one.what] += 1
            if one.kind in ("sends", "sends_at_another_time"):
                tally.unknown["reactions_to_new_messages",] += 1
        tally.unknown["reactions_without_message",] += len(played.reactions)
        tally.unknown["ended_by_hand",] += sum(_is_by_hand(course) for course in person.real)
        tally.unknown["other_versions",] += left_out
        tally.unknown["not_queued",] += len(_queued(played) - played.let_in)
        tally.unknown["merged",] += any(
            event.name == EventName.CUSTOMERS_MERGED and event.received_at >= self.draft.since
            for event in played.person.events
        )
        tally.unknown["endless",] += played.endless
        for name in [name for name, count in tally.unknown.items() if not count]:
            del tally.unknown[name]


def _queued(played: Replay) -> set[UUID]:
    """The draft's runs that the journey's intake made queue."""
    decided = (one for one in played.world.record.decisions if one.decision.kind == "entry")
    return {one.subject.run for one in decided if one.decision.outcome == "queued" and one.subject.run is not None}


def _is_by_hand(course: Course) -> bool:
    ended = course.ended or ""
    return ended.startswith(OPERATORS_ENDS) and ended not in ("stopped:restart", "stopped:merge")
