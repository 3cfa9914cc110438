"""What was expected against what happened. Moments are compared to the second."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from lab.clock import spell
from lab.customer import Letter
from lab.expectations import Claim, Expect
from lab.record import Occurrence, Record, Standing
from lab.scenario import Scenario
from lab.trial import Trial

SECOND = timedelta(seconds=1)
Span = tuple[timedelta, timedelta]
EVENTS = ("sent", "ghost", "entered", "ended", "parked", "called", "notified", "asked")


@dataclass(frozen=True)
class Failure:
    """An expectation that was not met. `keys` lead to its place in the scenario; both texts are for people."""

    keys: tuple[str | int, ...]
    expected: str
    happened: str


def judge(scenario: Scenario, trial: Trial) -> list[Failure]:
    """Everything that came differently, in the order of the scenario."""
    failures = [Failure(("when", one.line), "this happens", one.why) for one in trial.stumbles]
    bench = Bench(trial.world.record, trial.start)
    anchor = timedelta(0)
    for number, line in enumerate(scenario.expect):
        span = line.span(anchor)
        anchor = line.at if line.at is not None else anchor
        why = bench.objection(line, span)
        if why is not None:
            failures.append(Failure(("expect", number), _words(line, span), why))
    return failures


@dataclass(frozen=True)
class Bench:
    """One scenario's record, looked at from its start."""

    record: Record
    start: datetime

    def objection(self, line: Expect, span: Span | None) -> str | None:
        """Why the line is not met; None: it is."""
        if line.never is not None:
            return self._never(line.never, None)
        if line.not_sent is not None:
            until = (timedelta(0), span[1]) if span and line.between is None and line.within is None else span
            narrowed = line.model_dump(include={"subject", "contains", "to", "journey"}, exclude_unset=True)
            unsent = Claim.model_validate({"sent": line.not_sent, **narrowed})
            return self._never(unsent, until)
        if line.entered is False:
            entries = [one for one in self.record.occurrences if one.kind == "entered"]
            return f"{entries[0].journey} was entered at {self._at(entries[0].at)}" if entries else None
        if line.verb in EVENTS:
            return self._event(line, span)
        return self._state(line, span)

    def _never(self, claim: Claim, span: Span | None) -> str | None:
        if claim.verb in EVENTS:
            met = [one for one in self._alike(claim) if self._lies_in(one.at, span) and _mismatch(claim, one) is None]
            return f"{_told(met[0])} at {self._at(met[0].at)}" if met else None
        held = [one for one in self.record.standings if self._lies_in(one.at, span) and _stands(claim, one)]
        return f"it was so at {self._at(held[0].at)}" if held else None

    def _event(self, claim: Claim, span: Span | None) -> str | None:
        alike = self._alike(claim)
        in_time = [one for one in alike if self._lies_in(one.at, span)]
        if any(_mismatch(claim, one) is None for one in in_time):
            return None
        if in_time:
            return _mismatch(claim, in_time[0])
        if alike:
            return f"{_told(alike[0])} at {', '.join(self._at(one.at) for one in alike)}"
        others = [one for one in self.record.occurrences if one.kind == claim.verb and self._lies_in(one.at, span)]
        return "; ".join(f"{_told(one)} at {self._at(one.at)}" for one in others) or "nothing of the kind"

    def _state(self, claim: Claim, span: Span | None) -> str | None:
        standings = list(self._in_force(span))
        if any(_stands(claim, one) for one in standings):
            return None
        return _standing_told(claim, standings[-1]) if standings else "nothing had begun"

    def _alike(self, claim: Claim) -> list[Occurrence]:
        """Everything of that kind and name."""
        verb, name = claim.verb, getattr(claim, claim.verb)
        return [
            one
            for one in self.record.occurrences
            if one.kind == verb
            and (name is True or one.name == name or f"{one.journey}/{one.name}" == name)
            and claim.journey in (None, one.journey)
        ]

    def _in_force(self, span: Span | None) -> Iterator[Standing]:
        """How things stood at the moment, at any time of the span, or at the end."""
        standings = self.record.standings
        if span is None:
            yield from standings[-1:]
            return
        for number, one in enumerate(standings):
            until = (
                standings[number + 1].at if number + 1 < len(standings) else datetime.max.replace(tzinfo=one.at.tzinfo)
            )
            begins, ends = self.start + span[0], self.start + span[1] + SECOND
            if one.at < ends and until >= begins + SECOND:
                yield one

    def _lies_in(self, at: datetime, span: Span | None) -> bool:
        offset = at - self.start
        return span is None or span[0] - SECOND < offset < span[1] + SECOND

    def _at(self, at: datetime) -> str:
        return spell(at - self.start)


def _mismatch(claim: Claim, one: Occurrence) -> str | None:
    """What a message says differently; None: it is as claimed."""
    letter = one.letter
    if letter is None:
        return None
    if claim.subject is not None and letter.rendered.subject != claim.subject:
        return f"its subject is {letter.rendered.subject!r}"
    if claim.to is not None and letter.message.address != claim.to:
        return f"it went to {letter.message.address}"
    missing = [words for words in claim.contains if not _contains(letter, words)]
    return f"it does not contain {missing[0]!r}; its text is:\n{letter.rendered.text.strip()}" if missing else None


def _contains(letter: Letter, words: str) -> bool:
    """In the text or the HTML, wherever its lines break."""
    wanted = _in_one_line(words)
    return any(wanted in _in_one_line(part) for part in (letter.rendered.text, letter.rendered.html or ""))


@lru_cache(maxsize=256)
def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _stands(claim: Claim, one: Standing) -> bool:
    match claim.verb:
        case "waiting_at":
            return any(
                claim.waiting_at in (step, f"{journey}/{step}") and claim.journey in (None, journey)
                for journey, step in one.waiting
            )
        case "attribute":
            return all(one.attributes.get(name) == value for name, value in (claim.attribute or {}).items())
        case _:
            return one.score == claim.score


def _standing_told(claim: Claim, one: Standing) -> str:
    match claim.verb:
        case "waiting_at":
            return "waiting at " + (", ".join(sorted(step for _, step in one.waiting)) or "no step")
        case "attribute":
            return ", ".join(f"{name} is {one.attributes.get(name)!r}" for name in claim.attribute or {})
        case _:
            return f"the score is {one.score:g}"


def _told(one: Occurrence) -> str:
    match one.kind:
        case "sent":
            return f"{one.name} was sent"
        case "ghost":
            return f"{one.name} would have been sent"
        case "entered":
            return f"{one.journey} was entered"
        case "ended":
            return f"ended as {one.name}"
        case "parked":
            return f"parked: {one.name}"
        case "called":
            return f"the webhook of {one.name} was called"
        case "notified":
            return f"the colleagues of {one.name} were told"
        case "asked":
            return f"an approval was asked for by {one.name}"


def _words(line: Expect, span: Span | None) -> str:
    """The expectation as it was written, with its moment counted from the start."""
    written = line.model_dump(exclude_unset=True, exclude={"at", "after", "between", "within"})
    if line.never is not None:
        written = {"never": line.never.model_dump(exclude_unset=True)}
    words = ", ".join(f"{key}: {_plain(value)}" for key, value in written.items())
    if span is None:
        return words
    return f"at {spell(span[0])}{f' to {spell(span[1])}' if span[1] > span[0] else ''}  {words}"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(one)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)
