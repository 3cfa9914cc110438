"""What happened in a scenario, for judging and telling: decisions, messages, and how things stood from moment to moment."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import JsonValue

from domain.decisions import Decision
from lab.customer import Letter
from store.run.rows import Subject

Happened = Literal["sent", "ghost", "entered", "ended", "parked", "called", "notified", "asked"]


class Occurrence(NamedTuple):
    """Something that an expectation can be about. `name`: the template with its channel, the reason, the step, the journey."""

    at: datetime
    kind: Happened
    name: str
    journey: str
    letter: Letter | None = None


class Decided(NamedTuple):
    at: datetime
    subject: Subject
    decision: Decision


class Standing(NamedTuple):
    """How things stand from `at` on. `waiting` are (journey, step) of the runs that wait."""

    at: datetime
    attributes: dict[str, JsonValue]
    score: float
    waiting: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Record:
    """`edges` are the ways that runs took: (journey, step, way); see `coverage.py`. `events` are what rules heard, in order."""

    decisions: list[Decided] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    edges: set[tuple[str, str, str]] = field(default_factory=set)
    steps: set[tuple[str, str]] = field(default_factory=set)
    events: list[tuple[datetime, str]] = field(default_factory=list)

    def decide(self, at: datetime, subject: Subject, decision: Decision) -> None:
        """Writes a line of the decision log."""
        self.decisions.append(Decided(at, subject, decision))
        kind = _KINDS.get((decision.kind, decision.outcome)) or _BY_KIND.get(decision.kind)
        if kind is None or subject.journey is None:
            return
        match kind:
            case "entered":
                name = subject.journey
            case "ended" | "parked":
                name = decision.outcome
            case _:
                name = decision.step or ""
        self.occurrences.append(Occurrence(at, kind, name, subject.journey))

    def send(self, letter: Letter) -> None:
        """Writes a message that was handed over, or would have been."""
        message = letter.message
        kind: Happened = "ghost" if letter.state == "ghost" else "sent"
        name = f"{message.channel}/{message.template}"
        self.occurrences.append(Occurrence(letter.claimed_at, kind, name, message.journey_id, letter))

    def stand(self, standing: Standing) -> None:
        """How things stand now; what stood at the same moment before is forgotten."""
        if self.standings and self.standings[-1].at == standing.at:
            self.standings.pop()
        self.standings.append(standing)


_KINDS: dict[tuple[str, str], Happened] = {
    ("entry", "entered"): "entered",
    ("entry", "queued"): "entered",
    ("entry", "held_out"): "entered",
    ("webhook", "done"): "called",
    ("webhook", "refused"): "called",
    ("notify", "done"): "notified",
    ("approve", "asked"): "asked",
}
_BY_KIND: dict[str, Happened] = {"end": "ended", "parked": "parked"}
