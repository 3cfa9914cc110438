"""What is certain where a rule stands: what the entry asked of its event, and what the branches around it have found out.

Only facts that cannot change count: properties of the event that started the run, and the element (`item`). Attributes,
history and the score may be others a moment later. With `on_repeat: refresh` the event itself is replaced: the new one
has passed the entry as well, but not the branches.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from domain.check.logic.formula import TRUE, Counted, Formula, Group, Tested, both, formula
from domain.check.logic.values import ORDER
from domain.compiler import Compiled
from domain.compiler.report import join
from domain.document.steps import every_step
from domain.program import Branch, Entry
from domain.rules.rule import Operator, Ref

_MOMENT = timedelta(microseconds=1)
_FIXED = ("event", "item")
_OF_TIME = (Operator.IN_LAST, Operator.IN_NEXT, Operator.BEFORE, Operator.AFTER)


class Contexts:
    """The certain facts of one journey, by path of its document. `paths` and `written` are of its steps, by id."""

    def __init__(self, compiled: Compiled) -> None:
        program = compiled.program
        found = [(str(step["id"]), join("", *keys), step) for keys, step in every_step(compiled.document["steps"])]
        self.paths = {name: path for name, path, _ in found}
        self.written = {name: step for name, _, step in found}
        self._entries = dict(zip(places(compiled.document.get("entry"), "entry"), program.entries, strict=False))
        self._everywhere = _any(_entered(entry) for entry in program.entries)
        self._ways: dict[str, Formula] = {}
        if not any(entry.on_repeat == "refresh" for entry in program.entries):
            for step in program.steps.values():
                if isinstance(step, Branch):
                    self._ways |= dict(_ways(step, self.paths[step.id], self.written[step.id]["branch"]))

    def at(self, path: str) -> Formula:
        """What is certain at this path."""
        for place, entry in self._entries.items():
            if path == join(place, "if"):
                return _arriving(entry)
            if path.startswith(f"{place}.") or path == place:
                return TRUE
        around = [way for place, way in self._ways.items() if path.startswith((f"{place}[", f"{place}."))]
        return both(self._everywhere, *around)


def places(written: object, path: str) -> list[str]:
    """Where each of some triggers stands: one mapping, a list of them, or none."""
    if written is None:
        return []
    return [join(path, index) for index in range(len(written))] if isinstance(written, list) else [path]


def case_paths(step: Branch, path: str, written: object) -> tuple[list[str], list[str], str]:
    """Where the conditions of a branch stand, where the steps of its ways, and where its `else`."""
    if isinstance(written, Mapping):
        cases = [join(path, "branch", "cases", case.label) for case in step.cases]
        return cases, cases, join(path, "branch", "else")
    cases = [join(path, "branch", index) for index in range(len(step.cases))]
    ways = [join(case, "steps") for case in cases]
    return [join(case, "if") for case in cases], ways, join(path, "branch", len(cases), "else")


def _ways(step: Branch, path: str, written: object) -> Iterator[tuple[str, Formula]]:
    _, ways, otherwise = case_paths(step, path, written)
    earlier: list[Formula] = []
    for way, case in zip(ways, step.cases, strict=True):
        yield way, lasting(both(formula(case.rule), *earlier))
        earlier.append(formula(case.rule, holds=False))
    yield otherwise, lasting(both(*earlier))


def _entered(entry: Entry) -> Formula:
    """What stays true of an entry's event. A manual entry may bring anything."""
    if entry.manual:
        return TRUE
    trigger = entry.trigger
    where = formula(trigger.where, arriving="event") if trigger.where is not None else TRUE
    return both(lasting(where), lasting(formula(trigger.rule)) if trigger.rule is not None else TRUE)


def _arriving(entry: Entry) -> Formula:
    """What is true when the entry's `if` is asked: the event has just happened, and passed the `where`."""
    if entry.manual:
        return TRUE
    trigger = entry.trigger
    window = entry.max_age + _MOMENT
    happened = Counted(frozenset(trigger.events), trigger.where, window, 1, None)
    return both(happened, formula(trigger.where, arriving="event") if trigger.where is not None else TRUE)


def lasting(part: Formula) -> Formula:
    """The part with every fact left out that may change."""
    if isinstance(part, Group):
        return Group(part.kind, tuple(lasting(one) for one in part.parts))
    return part if isinstance(part, Tested) and _lasts(part) else TRUE


def _lasts(fact: Tested) -> bool:
    """What is compared with the time may change, and so may instants: the customer's zone has a say in them."""
    value = fact.test.value
    is_instant = fact.test.operator in ORDER and isinstance(value, str)
    is_timeless = fact.test.operator not in _OF_TIME and not is_instant
    is_known = not isinstance(value, Ref) or value.ref.partition(".")[0] in _FIXED
    return fact.subject.root in _FIXED and is_timeless and is_known


def _any(parts: Iterator[Formula]) -> Formula:
    found: Sequence[Formula] = tuple(parts)
    return found[0] if len(found) == 1 else Group("any", tuple(found))
