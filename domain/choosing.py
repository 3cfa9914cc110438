"""Which case of a branch holds, or whether a repeat is over. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from domain.program import Branch, Operation, Repeat
from domain.rules.evaluate import evaluate
from domain.rules.facts import Facts
from domain.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """`case` None: none holds. `detail` goes to the decision log: what was looked at, and what could not be compared."""

    case: int | None
    detail: dict[str, JsonValue] = field(default_factory=dict)


def rules_of(step: Operation) -> list[Rule]:
    """The rules that are asked, in their order: a branch's cases, a repeat's `until`."""
    match step:
        case Branch(cases=cases):
            return [case.rule for case in cases]
        case Repeat(until=until) if until is not None:
            return [until]
    return []


def choose(rules: Sequence[Rule], facts: Facts) -> Choice:
    """The first rule that holds; later ones are not asked."""
    values: dict[str, JsonValue] = {}
    notes: list[JsonValue] = []
    for number, rule in enumerate(rules):
        answer = evaluate(rule, facts)
        values.update(answer.values)
        notes += answer.notes
        if answer.holds:
            return Choice(number, _detail(values, notes))
    return Choice(None, _detail(values, notes))


def _detail(values: dict[str, JsonValue], notes: list[JsonValue]) -> dict[str, JsonValue]:
    return {"values": values, "notes": notes} if notes else {"values": values}
