"""From one person's replay to totals and differences; from many to a result that adds up in any number of parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.events import EventName
from lab.backtest.comparing import Comparison, Difference
from lab.backtest.really import really
from lab.backtest.replaying import Draft, Replay
from lab.figures.calendar import Days
from lab.figures.course import Course
from lab.figures.courses import courses_of
from lab.figures.tally import Tally

EXAMPLES = 200
"""People whose differences are kept for the report; `--people` has all."""

OPERATORS_ENDS = "stopped:"


@dataclass(frozen=True, slots=True)
class Person:
    """One person: what the draft would have done, what was really done, and where the two part."""

    customer: str
    draft: Sequence[Course]
    real: Sequence[Course]
    differences: Sequence[Difference]


@dataclass
class Result:
    """Totals of the draft and of reality, and examples of people for whom something would have been different."""

    draft: Tally = field(default_factory=Tally)
    real: Tally = field(default_factory=Tally)
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        """Adds another part."""
        self.draft.add(other.draft)
        self.real.add(other.real)
        self.examples += other.examples[: EXAMPLES - len(self.examples)]


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
        if differences and len(result.examples) < EXAMPLES:
            result.examples.append(example(person))
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
        tally.unknown["merged",] += any(
            event.name == EventName.CUSTOMERS_MERGED and event.received_at >= self.draft.since
            for event in played.person.events
        )
        tally.unknown["endless",] += played.endless
        for name in [name for name, count in tally.unknown.items() if not count]:
            del tally.unknown[name]


def _is_by_hand(course: Course) -> bool:
    ended = course.ended or ""
    return ended.startswith(OPERATORS_ENDS) and ended not in ("stopped:restart", "stopped:merge")


def example(person: Person) -> dict[str, Any]:
    """The person's differences, as they stand in a report."""
    return {
        "customer": person.customer,
        "differences": [
            {
                "kind": one.kind,
                "at": one.at.isoformat(),
                "what": one.what,
                "step": one.step,
                "really": one.really,
                "draft": one.draft,
            }
            for one in person.differences
        ],
    }


def story(person: Person) -> dict[str, Any]:
    """The person in full: both courses, and the differences."""
    return {
        **example(person),
        "draft": [_told(course) for course in person.draft],
        "really": [_told(course) for course in person.real],
    }


def _told(course: Course) -> dict[str, Any]:
    return {
        "run": str(course.run),
        "event": course.event,
        "key": course.key,
        "version": course.version,
        "held_out": course.ghost,
        "entered_at": course.entered_at.isoformat(),
        "sent": [{"at": one.at.isoformat(), "step": one.step, "message": one.name} for one in course.sent],
        "held_back": [
            {"at": one.at.isoformat(), "step": one.step, "outcome": one.outcome, "check": one.check}
            for one in course.held
        ],
        "waiting_at": list(course.waiting),
        "parked": course.parked,
        "ended": course.ended,
        "ended_at": course.ended_at.isoformat() if course.ended_at else None,
        "converted_at": course.converted_at.isoformat() if course.converted_at else None,
    }
