"""Conditions that can never hold or always hold, wherever they stand, and `did_not` that means more people than it seems to."""

from collections.abc import Iterator, Mapping
from typing import Literal

from domain.check.contexts import Contexts
from domain.check.logic.formula import TRUE, Answered, Counted, Formula, Group, Tested, formula
from domain.check.logic.judging import Verdict, conjuncts, core, judge
from domain.check.logic.words import told
from domain.compiler import Compiled, Placed
from domain.compiler.report import join
from domain.errors import Problem
from domain.events import EventName
from domain.rules.parse import parse_rule
from domain.rules.reading.conditions import COMBINATIONS
from domain.rules.rule import Reacted, Rule

_BEHAVIOUR = (EventName.PAGE_VIEWED, EventName.SCREEN_VIEWED)
_SEPARATE = "Ask for one of them, or put them into any: [{…}, {…}] if either will do."
ONLY_LISTS_PASS = " (Only a list could pass, with a different element for each.)"
ONLY_LISTS_FAIL = " (Only a list could fail, with a different element for each.)"


def check_conditions(compiled: Compiled, contexts: Contexts) -> Iterator[Problem]:
    """Everything there is to say about single conditions. A branch's cases by value are looked at as ways."""
    is_active = all(_is_behaviour(entry.trigger.events) for entry in compiled.program.entries)
    for placed in compiled.rules:
        if placed.path.endswith("branch.by") or not isinstance(placed.written, Mapping):
            continue
        yield from _Condition(contexts.at(placed.path), _consequence(placed)).look(
            placed.written, placed.path, "arriving" if placed.is_where else "customer"
        )
        if not placed.is_where and not (is_active and not placed.path.startswith("entry")):
            yield from _did_not(placed)


class _Condition:
    """Looks at a condition from the inside out: what is wrong with a part is said of the part, and not of the whole too."""

    def __init__(self, given: Formula, consequence: str) -> None:
        self.given = given
        self.consequence = consequence

    def look(self, written: Mapping[str, object], path: str, root: Literal["customer", "arriving"]) -> list[Problem]:
        found = [
            problem for key, value in written.items() for problem in self._inside(key, value, join(path, key), root)
        ]
        if found:
            return found
        rule = _read(written, path, root)
        judgement = judge(rule, self.given)
        match judgement.verdict:
            case Verdict.NEVER:
                return [self._never(written, rule, path, root, ONLY_LISTS_PASS if judgement.unless_list else "")]
            case Verdict.UNDECIDED:
                return [_undecided(path)]
            case _:
                return list(self._always(written, path, root))

    def _inside(self, key: str, value: object, path: str, root: Literal["customer", "arriving"]) -> Iterator[Problem]:
        if key in COMBINATIONS:
            parts = enumerate(value) if isinstance(value, list) else ((None, value),)
            for index, part in parts:
                place = path if index is None else join(path, index)
                inner = _Condition(self.given, "") if isinstance(part, Mapping) else None
                yield from inner.look(part, place, root) if inner else ()  # type: ignore[arg-type]
        elif root == "customer" and isinstance(value, Mapping) and isinstance(value.get("where"), Mapping):
            yield from _Condition(TRUE, "").look(value["where"], join(path, "where"), "arriving")

    def _never(
        self, written: Mapping[str, object], rule: Rule, path: str, root: Literal["customer", "arriving"], unless: str
    ) -> Problem:
        entries = {key: formula(_read({key: value}, path, root)) for key, value in written.items()}
        alone = next((key for key, part in entries.items() if core([part], self.given)), None)
        place = path if alone is None else join(path, alone)
        parts = conjuncts(formula(rule) if alone is None else entries[alone])
        places = core(parts)
        if places:
            words = " and ".join(told(parts[one]) for one in places)
            why = f"{words} exclude each other" if len(places) > 1 else f"{words} is impossible"
        else:
            words = " and ".join(told(parts[one]) for one in core(parts, self.given))
            why = f"{words} contradicts what the entry or the branches around it have asked already"
        message = f"This can never hold: {why}.{self.consequence}{unless}"
        return Problem(path=place, message=message, remedy=_SEPARATE, code="never_holds")

    def _always(
        self, written: Mapping[str, object], path: str, root: Literal["customer", "arriving"]
    ) -> Iterator[Problem]:
        for key, value in written.items():
            rule = _read({key: value}, path, root)
            judgement = judge(rule, self.given)
            if judgement.verdict is Verdict.ALWAYS:
                unless = ONLY_LISTS_FAIL if judgement.unless_list else ""
                is_known = judge(rule).verdict is not Verdict.ALWAYS
                why = " after what the entry or the branches around it have asked" if is_known else ""
                yield Problem(
                    path=join(path, key),
                    message=f"This always holds{why}: {told(formula(rule))}.{unless}",
                    remedy="Leave it out, or ask for what was meant.",
                    code="always_holds",
                )


def _read(written: Mapping[str, object], path: str, root: Literal["customer", "arriving"]) -> Rule:
    return parse_rule(written, path=path, root=root)  # type: ignore[arg-type]


def _undecided(path: str) -> Problem:
    return Problem(
        path=path,
        message="This condition has too many alternatives to say whether it can hold, so nothing is said about it.",
        remedy="Use fewer `any` beside each other, or divide it over several branches.",
        code="undecided_condition",
    )


def _consequence(placed: Placed) -> str:
    last = placed.path.rpartition(".")[2]
    if placed.path.startswith("entry"):
        return " Nobody enters this way."
    if placed.path.startswith(("exit", "goal")):
        return " It is never met."
    if last == "if":
        return " Its steps are never taken."
    return " It is never heard." if last in ("where", "rule", "until") else ""


def _is_behaviour(events: tuple[str, ...]) -> bool:
    """Whether whoever enters by these has done something: a manual entry or a change of attributes may be an import."""
    return bool(events) and all(event in _BEHAVIOUR or event not in list(EventName) for event in events)


def _did_not(placed: Placed) -> Iterator[Problem]:
    if _is_lonely(formula(placed.rule), has_done=False):
        yield Problem(
            path=_place_of_did_not(placed.written, placed.path),
            message="`did_not` without a `did` also matches people who have done nothing yet, such as those imported yesterday.",
            remedy="Add what they must have done, as in did: {event: Order Completed}, or how long they are known.",
            code="did_not_without_did",
        )


def _is_lonely(part: Formula, *, has_done: bool) -> bool:
    """Whether somebody can pass by what they have not done, without having done anything."""
    if isinstance(part, Group) and part.kind == "any":
        return any(_is_lonely(one, has_done=has_done) for one in part.parts)
    parts = conjuncts(part)
    has_done = has_done or any(_shows_activity(one) for one in parts)
    nested = any(_is_lonely(one, has_done=has_done) for one in parts if isinstance(one, Group))
    return nested or (not has_done and any(isinstance(one, Counted) and one.at_most == 0 for one in parts))


def _shows_activity(part: Formula) -> bool:
    match part:
        case Group(kind="any", parts=parts):
            return bool(parts) and all(any(_shows_activity(one) for one in conjuncts(way)) for way in parts)
        case Counted(at_least=least):
            return least > 0
        case Tested(computed=computed, holds=holds):
            return computed is not None and holds
        case Answered(question=Reacted(), holds=holds):
            return holds
    return False


def _place_of_did_not(written: object, path: str) -> str:
    """The first `did_not` in a rule, else the rule."""
    heads = [(path, written)]
    while heads:
        place, value = heads.pop(0)
        if isinstance(value, Mapping):
            if "did_not" in value:
                return join(place, "did_not")
            heads += [(join(place, key), inner) for key, inner in value.items() if key in COMBINATIONS]
        elif isinstance(value, list):
            heads += [(join(place, index), inner) for index, inner in enumerate(value)]
    return path
