"""What a draft would have done against what really happened, one person at a time. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from lab.figures.course import Course, Sent, by_event

Kind = Literal["enters", "stays_out", "held_out", "sends", "does_not_send", "sends_at_another_time", "ends"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would have been different. `what` names it (a message, an end); `really` and `draft` say how it was and
    would have been, None where it was not."""

    kind: Kind
    run: UUID
    at: datetime
    what: str
    step: str | None = None
    really: str | None = None
    draft: str | None = None


@dataclass(frozen=True)
class Comparison:
    """`tolerance`: how far apart moments may lie and still be the same: a live system takes its time. What happens so close to
    `until` that the other side may not have come to it is not compared."""

    until: datetime
    tolerance: timedelta

    def differences(self, real: Sequence[Course], drafted: Sequence[Course]) -> list[Difference]:
        """Everything that is different, in the order of time."""
        found: list[Difference] = []
        for was, would in _pairs(real, drafted):
            found += self._of_pair(was, would)
        return sorted(found, key=lambda one: (one.at, one.kind, one.what))

    def _of_pair(self, was: Course | None, would: Course | None) -> Iterator[Difference]:
        if was is None and would is not None:
            if self._is_settled(would.entered_at):
                yield Difference("enters", would.run, would.entered_at, "entry", draft=_moment(would.entered_at))
                yield from self._sends([], would.sent, would)
        elif was is not None and would is None:
            yield Difference("stays_out", was.run, was.entered_at, "entry", really=_moment(was.entered_at))
            yield from self._sends(was.sent, [], was)
        elif was is not None and would is not None:
            if was.ghost != would.ghost:
                words = {True: "held out", False: "not held out"}
                yield Difference(
                    "held_out", would.run, would.entered_at, "holdout", None, words[was.ghost], words[would.ghost]
                )
            yield from self._sends(was.sent, would.sent, would)
            yield from self._ends(was, would)

    def _sends(self, was: Sequence[Sent], would: Sequence[Sent], course: Course) -> Iterator[Difference]:
        left = {(one.step, one.visit, one.name): one for one in was}
        for one in would:
            other = left.pop((one.step, one.visit, one.name), None)
            if other is None:
                if self._is_settled(one.at):
                    yield Difference("sends", course.run, one.at, one.name, one.step, None, _moment(one.at))
            elif abs(one.at - other.at) > self.tolerance:
                yield Difference(
                    "sends_at_another_time",
                    course.run,
                    one.at,
                    one.name,
                    one.step,
                    _moment(other.at),
                    _moment(one.at),
                )
        for one in left.values():
            if self._is_settled(one.at):
                yield Difference("does_not_send", course.run, one.at, one.name, one.step, _moment(one.at), None)

    def _ends(self, was: Course, would: Course) -> Iterator[Difference]:
        if was.ended == would.ended:
            return
        at = min(moment for moment in (was.ended_at, would.ended_at) if moment is not None)
        if self._is_settled(at):
            really, draft = _standing(was), _standing(would)
            yield Difference("ends", would.run, at, f"{really} → {draft}", None, really, draft)

    def _is_settled(self, at: datetime) -> bool:
        return at < self.until - self.tolerance


def _pairs(real: Iterable[Course], drafted: Iterable[Course]) -> Iterator[tuple[Course | None, Course | None]]:
    """Runs are the same when the same event started them: by their id, else in their order."""
    was_by, would_by = by_event(real), by_event(drafted)
    for event in dict.fromkeys((*was_by, *would_by)):
        was, would = was_by.get(event, []), would_by.get(event, [])
        known = {course.run: course for course in would}
        lone = []
        for course in was:
            if course.run in known:
                yield course, known.pop(course.run)
            else:
                lone.append(course)
        rest = list(known.values())
        for number in range(max(len(lone), len(rest))):
            yield lone[number] if number < len(lone) else None, rest[number] if number < len(rest) else None


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _standing(course: Course) -> str:
    """How the run stands in the end."""
    if course.ended is not None:
        return course.ended
    if course.parked is not None:
        return f"parked: {course.parked}"
    return f"waiting at {course.waiting[0]}" if course.waiting else "under way"
