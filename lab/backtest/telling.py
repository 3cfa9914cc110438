"""One person's back-test in full, for lists of people and for reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lab.backtest.comparing import Difference
from lab.figures.course import Course

DIFFERENCES = 20
"""Of each person who stands in a report; `story` has all."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person: what the draft would have done, what was really done, and where the two part."""

    customer: str
    draft: Sequence[Course]
    real: Sequence[Course]
    differences: Sequence[Difference]


def example(person: Person) -> dict[str, Any]:
    """The person as they stand in a report: their first differences, and how many `more` there are."""
    more = len(person.differences) - DIFFERENCES
    told = {"customer": person.customer, "differences": [_difference(one) for one in person.differences[:DIFFERENCES]]}
    return {**told, "more": more} if more > 0 else told


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "at": one.at.isoformat(),
        "what": one.what,
        "step": one.step,
        "really": one.really,
        "draft": one.draft,
    }


def story(person: Person) -> dict[str, Any]:
    """The person in full: both courses, and the differences."""
    return {
        "customer": person.customer,
        "differences": [_difference(one) for one in person.differences],
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
