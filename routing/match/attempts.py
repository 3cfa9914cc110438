"""An event that may start a run: through which way in, under which key, with what. And why it may not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue

from domain.durations import format_duration
from domain.entering import fits
from domain.events import MAX_DEPTH, EventName
from domain.others import questions_in
from domain.program import Entry
from domain.rules.evaluate import evaluate
from domain.rules.facts import Facts
from domain.rules.references import found
from domain.rules.rule import Rule
from routing.batch.applied import Applied
from routing.match.triggers import Triggers, Way
from store.run.rows import Passage

LONGEST_KEY = 500
"""Characters of what `per` names: runs are found by it, and no index takes what a whole event can hold."""

MOST_ELEMENTS = 1_000
"""Runs that one event may start by `each`: it can come from a page, and there is room in it for sixteen thousand."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`applied` as the journey sees it: of a manual entry the properties are the data it brings. `answers` are the questions of
    runs that wait for the end of what begins here."""

    way: Way
    applied: Applied
    inputs: Mapping[str, JsonValue] = field(default_factory=dict)
    answers: tuple[str, ...] = ()

    @property
    def entry(self) -> Entry:
        return self.way.entry

    @property
    def journey(self) -> str:
        return self.way.program.journey

    @property
    def key(self) -> str | None:
        """What re-entry is counted by, as text; empty without `per`, None if the event carries nothing that can be it."""
        if self.entry.per is None:
            return ""
        values = found(self.applied.properties, self.entry.per)
        key = str(values[0]) if values and isinstance(values[0], str | int | float) else None
        return key if key is not None and len(key) <= LONGEST_KEY else None

    @property
    def passage(self) -> Passage:
        shadow = self.way.program.version if self.way.is_shadow else 0
        return Passage(self.journey, self.applied.customer, self.key or "", shadow)

    @property
    def elements(self) -> list[JsonValue] | None:
        """What `each` names: a run for each element. None if it names no list, or if there is no `each`."""
        values = found(self.applied.properties, self.entry.each) if self.entry.each else []
        return values[0] if values and isinstance(values[0], list) else None


class Refusal(NamedTuple):
    """Why somebody did not enter: an outcome of `near_miss`, why in words, and the values it was decided from."""

    outcome: str
    why: str
    values: dict[str, JsonValue]


def requested_journey(applied: Applied) -> str | None:
    """The journey that a manual entry asks for; None if the event is not one."""
    journey = applied.properties.get("journey") if applied.name == EventName.ENTRY_REQUESTED else None
    return journey if isinstance(journey, str) else None


def attempts(triggers: Triggers, applied: Applied) -> list[Attempt]:
    """Every way in that the event tries."""
    tried = [Attempt(way, applied) for way in triggers.ways.get(applied.name, ())]
    journey = requested_journey(applied)
    if journey is not None:
        data, inputs = _mapping(applied, "data"), _mapping(applied, "inputs")
        brought = applied._replace(properties=data)
        answers = questions_in(applied.properties)
        tried += [Attempt(way, brought, inputs, answers) for way in triggers.manual.get(journey, ())]
    return tried


def refusal(attempt: Attempt, facts: Facts) -> Refusal | None:
    """The first thing that speaks against the event itself: filter, rule, age, depth, key, inputs. None: it may enter."""
    entry, applied = attempt.entry, attempt.applied
    age = facts.now - applied.timestamp
    if refused := _unless(entry.trigger.where, facts, "filter", "the event does not have what the entry asks for"):
        return refused
    if refused := _unless(entry.trigger.rule, facts, "rule", "the customer is not one whom the entry is for"):
        return refused
    if age > entry.max_age:
        why = f"it came later than {format_duration(entry.max_age)} after it had happened"
        return Refusal("too_late", why, {"timestamp": applied.timestamp.isoformat()})
    if applied.depth > MAX_DEPTH:
        return Refusal("depth", f"the chain of causes is longer than {MAX_DEPTH}", {"depth": applied.depth})
    if attempt.key is None:
        why = f"the event has no {entry.per} of at most {LONGEST_KEY} characters, by which this journey counts"
        return Refusal("filter", why, {})
    if entry.each and not 0 < len(attempt.elements or ()) <= MOST_ELEMENTS:
        return Refusal("filter", f"{entry.each} does not hold one to {MOST_ELEMENTS} elements", {})
    if wrong := _wrong_inputs(attempt):
        return Refusal("inputs", "inputs are missing or have another type: " + ", ".join(wrong), {})
    return None


def _unless(rule: Rule | None, facts: Facts, outcome: str, why: str) -> Refusal | None:
    if rule is None:
        return None
    answer = evaluate(rule, facts)
    if answer.holds:
        return None
    return Refusal(outcome, "; ".join((why, *answer.notes)), dict(answer.values))


def _mapping(applied: Applied, name: str) -> dict[str, JsonValue]:
    value = applied.properties.get(name)
    return value if isinstance(value, dict) else {}


def _wrong_inputs(attempt: Attempt) -> list[str]:
    declared = attempt.way.program.inputs if attempt.entry.manual else {}
    return [f"{name} ({kind})" for name, kind in declared.items() if not fits(kind, attempt.inputs.get(name))]


def entry_of(attempt: Attempt, item: JsonValue = None) -> dict[str, JsonValue]:
    """What a run keeps of the event that started it (`run.entry`)."""
    applied = attempt.applied
    entry: dict[str, JsonValue] = {
        "event_id": str(applied.id),
        "name": applied.name,
        "properties": applied.properties,
        "timestamp": _text(applied.timestamp),
        "position": applied.position,
        "accepted_at": _text(applied.accepted_at),
    }
    if attempt.entry.each:
        entry["item"] = item
    if attempt.answers and not attempt.way.is_shadow:
        entry["answers"] = list(attempt.answers)
    if attempt.inputs:
        entry["inputs"] = dict(attempt.inputs)
    return entry


def _text(moment: datetime) -> str:
    return moment.isoformat()
