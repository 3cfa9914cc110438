"""How the story speaks: times in the customer's zone, values, names of events and steps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from domain.explain.story import Material
from domain.program import Listen, Operation, Program
from domain.records import DecisionRecord, EventRecord, MessageRecord

LONGEST_VALUE = 80


@dataclass(frozen=True)
class Voice:
    """What a sentence may look up besides its decision."""

    zone: ZoneInfo
    programs: Mapping[tuple[str, int], Program]
    events: Mapping[str, EventRecord]
    messages: Mapping[str, MessageRecord]
    shadows: frozenset[UUID] = frozenset()

    def ghost(self, run: UUID | None) -> str:
        """Why a run has no effects."""
        return "this version only runs in shadow" if run in self.shadows else "this customer is in the holdout"

    def time(self, moment: object) -> str:
        """`3 Nov 2026, 14:05:12 CET` of a datetime or an ISO 8601 string; anything else as it is."""
        if isinstance(moment, str):
            try:
                moment = datetime.fromisoformat(moment)
            except ValueError:
                return str(moment)
        if not isinstance(moment, datetime):
            return "some time"
        local = moment.astimezone(self.zone)
        return f"{local.day} {local:%b %Y, %H:%M:%S %Z}"

    def step(self, decision: DecisionRecord) -> Operation | None:
        """The step that a decision is about, as its version of the journey has it."""
        program = self.programs.get((decision.journey or "", decision.version or 0))
        return program.steps.get(decision.step or "") if program else None

    def cause(self, decision: DecisionRecord) -> str:
        """The event behind a decision: `"Cart Updated" of 3 Nov 2026, 14:05:12 CET`."""
        event = self.events.get(str(decision.detail.get("event_id")))
        name = decision.detail.get("event") or (event.name if event else None)
        if not isinstance(name, str):
            return "an event"
        return f'"{name}" of {self.time(event.timestamp)}' if event else f'"{name}"'


def voice_of(material: Material) -> Voice:
    return Voice(
        zone=ZoneInfo(material.zone),
        programs={(program.journey, program.version): program for program in material.programs},
        events={str(event.id): event for event in material.events},
        messages={str(message.id): message for message in (*material.messages, *_asked(material))},
        shadows=frozenset(run.id for run in material.runs if run.shadow),
    )


def _asked(material: Material) -> tuple[MessageRecord, ...]:
    return (material.message,) if material.message else ()


def shown(value: JsonValue) -> str:
    """A value as people read it; long ones are cut."""
    match value:
        case None:
            return "missing"
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case str():
            return f'"{value}"' if len(value) <= LONGEST_VALUE else f'"{value[:LONGEST_VALUE]}…"'
        case list():
            return listed([shown(item) for item in value[:5]]) + (" …" if len(value) > 5 else "")
        case _:
            text = str(value)
            return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def values_of(decision: DecisionRecord) -> str:
    """` (plan: "pro", score: 85)` with what could not be compared; nothing when the decision was made on no values."""
    values, notes = decision.detail.get("values"), decision.detail.get("notes")
    parts = [f"{path}: {shown(value)}" for path, value in values.items()] if isinstance(values, dict) else []
    parts += [str(note).rstrip(".") for note in notes] if isinstance(notes, list) else []
    return f" ({', '.join(parts)})" if parts else ""


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    all_words = list(words)
    if len(all_words) < 2:
        return "".join(all_words)
    return f"{', '.join(all_words[:-1])} {last} {all_words[-1]}"


def heard_by(listen: Listen) -> str:
    """What a listen hears, for people: `"Page Viewed"`, `clicked to send-welcome`, `a rule about the customer`."""
    if listen.kind == "rule":
        return "a rule about the customer to hold"
    if listen.kind == "answer":
        return {"ended": "its end", "refused": "a refusal"}.get(
            answer := listen.id.rpartition("/")[2], f"that it is {answer}"
        )
    names = listed([f'"{name}"' for name in listen.events], "or")
    return f"{names} in answer to {listen.to}" if listen.kind == "reaction" else names


def text_of(decision: DecisionRecord, name: str) -> str:
    """A text of the decision's detail; empty when it has none."""
    value = decision.detail.get(name)
    return value if isinstance(value, str) else ""


def because(decision: DecisionRecord) -> str:
    """`: why` and a full stop, or the full stop alone."""
    why = text_of(decision, "why").rstrip(".")
    return f": {why}." if why else "."
