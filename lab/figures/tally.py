"""The totals of many people, gathered one by one and added up over processes: they grow with steps and days, not people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Self

from lab.figures.calendar import DAY, Days
from lab.figures.course import Course
from lab.world import World

WEEK = timedelta(days=7)


@dataclass
class Tally:
    """Everything is a count. Keys: `steps` (step, day) and `waiting` (step, day: at its end), `sends` (message, step, day),
    `ghosts` (message, step), `held` (step, outcome, check), `parked` (step, code), `misses` and `ends` (reason),
    `messages` and `weekly` (how many one person got: in all, and at most in seven days), `apart` (kind, what), `unknown` (kind)."""

    people: Counter[tuple[str]] = field(default_factory=Counter)
    entries: Counter[tuple[str]] = field(default_factory=Counter)
    entered: Counter[tuple[int]] = field(default_factory=Counter)
    misses: Counter[tuple[str]] = field(default_factory=Counter)
    steps: Counter[tuple[str, int]] = field(default_factory=Counter)
    waiting: Counter[tuple[str, int]] = field(default_factory=Counter)
    sends: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    ghosts: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    messages: Counter[tuple[int]] = field(default_factory=Counter)
    weekly: Counter[tuple[int]] = field(default_factory=Counter)
    standing: Counter[tuple[str]] = field(default_factory=Counter)
    ends: Counter[tuple[str]] = field(default_factory=Counter)
    parked: Counter[tuple[str, str]] = field(default_factory=Counter)
    worth: Counter[tuple[str]] = field(default_factory=Counter)
    apart: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown: Counter[tuple[str]] = field(default_factory=Counter)

    def add(self, other: Self) -> None:
        """Adds the totals of others to these."""
        for one in fields(self):
            getattr(self, one.name).update(getattr(other, one.name))

    def as_json(self) -> dict[str, list[list[Any]]]:
        """Each count with its key, in order."""
        return {
            one.name: [[*key, count] for key, count in sorted(getattr(self, one.name).items())] for one in fields(self)
        }

    @classmethod
    def from_json(cls, written: dict[str, list[list[Any]]]) -> Self:
        """What `as_json` wrote. Raises ValueError and TypeError for anything else."""
        tally = cls()
        for one in fields(cls):
            getattr(tally, one.name).update({tuple(key): count for *key, count in written[one.name]})
        return tally

    def person(self, world: World, courses: Iterable[Course], days: Days, until: datetime) -> None:
        """Adds one person: their world when its time has come to `until`, and the courses of its runs."""
        known = list(courses)
        self.courses(known, days)
        self._decided(world, {course.run for course in known}, days)
        self._stood(world, days, until)

    def courses(self, known: Sequence[Course], days: Days) -> None:
        """Adds the courses of one person, as far as they tell by themselves."""
        self.people["looked_at",] += 1
        if known:
            self.people["entered",] += 1
            sent = sorted(one.at for course in known if not course.ghost for one in course.sent)
            self.messages[len(sent),] += 1
            self.weekly[most_in(sent, WEEK * (days.length / DAY)),] += 1
        for course in known:
            self._course(course, days)

    def _course(self, course: Course, days: Days) -> None:
        self.entered[days.of(course.entered_at),] += 1
        for sent in course.sent:
            if course.ghost:
                self.ghosts[sent.name, sent.step] += 1
            else:
                self.sends[sent.name, sent.step, days.of(sent.at)] += 1
        for held in course.held:
            self.held[held.step, held.outcome, held.check] += 1
        if course.ended is not None:
            self.ends[course.ended,] += 1
        for step in course.waiting:
            self.standing[step,] += 1
        if course.parked is not None:
            self.parked[course.waiting[0] if course.waiting else "", course.parked] += 1
        if course.converted_at is not None:
            self.worth["conversions",] += 1
            self.worth["value",] += course.value or 0  # type: ignore[assignment]

    def _decided(self, world: World, runs: set[Any], days: Days) -> None:
        """Entries, near misses, and the day on which a run came to each step: that of the first line about it."""
        been = set()
        for one in world.record.decisions:
            decision = one.decision
            if decision.kind == "near_miss":
                self.misses[decision.outcome,] += 1
            elif one.subject.run not in runs:
                continue
            elif decision.kind == "entry":
                self.entries[decision.outcome,] += 1
            elif decision.step is not None:
                place = (one.subject.run, decision.step, decision.visit)
                if place not in been:
                    been.add(place)
                    self.steps[decision.step, days.of(one.at)] += 1

    def _stood(self, world: World, days: Days, until: datetime) -> None:
        standings = world.record.standings
        for number, standing in enumerate(standings):
            if standing.waiting:
                end = standings[number + 1].at if number + 1 < len(standings) else until
                for day in days.ends_between(standing.at, min(end, until)):
                    for _, step in standing.waiting:
                        self.waiting[step, day] += 1


def most_in(moments: list[datetime], span: timedelta) -> int:
    """The most of these (sorted) moments that lie within any such span."""
    most = first = 0
    for number, moment in enumerate(moments):
        while moment - moments[first] >= span:
            first += 1
        most = max(most, number - first + 1)
    return most
