"""Looks for a way in which a formula could be true, one alternative of each `any` at a time; refuted if there is none.

A path may lead to several values (a list), each of which may pass another test. Most paths never do: so what can be
refuted for single values only is told apart (`lists`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.check.logic.counts import counts_agree
from domain.check.logic.formula import Answered, Counted, Fact, Formula, Group, Subject, Tested, formula
from domain.check.logic.values import one_value_can
from domain.rules.rule import Operator, Reachable, Reacted, Rule, Test

STEPS = 2000
"""How many alternatives are looked at before giving up."""


class Undecided(Exception):
    """There are more alternatives than are looked at."""


def refuted(parts: Sequence[Formula], *, lists: bool, steps: int = STEPS) -> bool:
    """Whether the parts can never be true together. Raises Undecided.

    `lists`: also where paths lead to several values; otherwise for customers and events whose paths lead to one at most.
    """
    return _Search(lists, steps).closes(list(parts), [])


@dataclass(slots=True)
class _Search:
    lists: bool
    left: int
    known: dict[str, bool] = field(default_factory=dict)

    def closes(self, todo: list[Formula], facts: list[Fact]) -> bool:
        """Whether every way to make all of these true runs into a contradiction."""
        self.left -= 1
        if self.left < 0:
            raise Undecided
        facts, choices, added = _opened(todo, facts)
        if added and not self._agree(facts, added):
            return True
        if any(not choice.parts for choice in choices):
            return True
        if not choices:
            return False
        narrow = min(choices, key=lambda choice: len(choice.parts))
        rest = [choice for choice in choices if choice is not narrow]
        return all(self.closes([part, *rest], facts) for part in narrow.parts)

    def _agree(self, facts: Sequence[Fact], added: Sequence[Fact]) -> bool:
        touched = {fact.subject for fact in added if isinstance(fact, Tested)}
        if not all(self._one_subject([f for f in facts if isinstance(f, Tested) and f.subject == s]) for s in touched):
            return False
        tested = [fact for fact in facts if isinstance(fact, Tested)]
        counted = [fact for fact in facts if isinstance(fact, Counted)]
        computed = [fact for fact in tested if fact.computed is not None]
        return (
            _paths_agree(tested, self.lists)
            and (not (counted or computed) or counts_agree(counted, computed, self._implies, self._never))
            and _answers_agree([fact for fact in facts if isinstance(fact, Answered)])
        )

    def _one_subject(self, facts: Sequence[Tested]) -> bool:
        passes = [fact.test for fact in facts if fact.holds]
        fails = [fact.test for fact in facts if not fact.holds]
        refused = {fact.key for fact in facts if not fact.holds}
        if any(fact.key in refused for fact in facts if fact.holds):
            return False
        subject = facts[0].subject
        if not passes and not subject.is_there:
            return True
        if not self.lists or subject.is_number:
            return one_value_can(passes, fails, subject)
        fails = [_of_element(test) for test in fails]
        return all(one_value_can([_of_element(test, passed=True)], fails, subject) for test in passes)

    def _implies(self, one: Rule, other: Rule) -> bool:
        return one == other or self._remembered("implies", [formula(one), formula(other, holds=False)], one, other)

    def _never(self, rule: Rule) -> bool:
        return self._remembered("never", [formula(rule)], rule)

    def _remembered(self, word: str, parts: Sequence[Formula], *rules: Rule) -> bool:
        key = word + "".join(rule.model_dump_json() for rule in rules)
        if key not in self.known:
            self.known[key] = refuted(parts, lists=self.lists, steps=self.left)
        return self.known[key]


def _opened(todo: Sequence[Formula], facts: Sequence[Fact]) -> tuple[list[Fact], list[Group], list[Fact]]:
    """All facts that are certain now, the choices that are left, and which facts are new."""
    added: list[Fact] = []
    choices: list[Group] = []
    heads = list(todo)
    while heads:
        head = heads.pop()
        if not isinstance(head, Group):
            added.append(head)
        elif head.kind == "all" or len(head.parts) == 1:
            heads.extend(head.parts)
        else:
            choices.append(head)
    return [*facts, *added], choices, added


def _of_element(test: Test, *, passed: bool = False) -> Test:
    """What `contains` asks of one element of a list. A text may still be the whole value, and then has it as a part."""
    if test.operator is not Operator.CONTAINS or (passed and isinstance(test.value, str)):
        return test
    return test.model_copy(update={"operator": Operator.EQ})


def _paths_agree(facts: Sequence[Tested], lists: bool) -> bool:
    """Where something stands below a path, there is something at the path, and a single value there is a mapping."""
    there = [fact for fact in facts if fact.holds and fact.subject.root]
    for fact in facts:
        below = any(_is_below(one.subject, fact.subject) for one in there)
        is_missing = not fact.holds and fact.test.operator is Operator.EXISTS
        is_plain = fact.holds and fact.test.operator is not Operator.EXISTS and not lists
        if below and (is_missing or is_plain):
            return False
    return True


def _is_below(inner: Subject, outer: Subject) -> bool:
    is_part = outer.path == "" or inner.path.startswith(f"{outer.path}.")
    return outer.root != "" and inner.root == outer.root and inner.path != outer.path and is_part


def _answers_agree(facts: Sequence[Answered]) -> bool:
    yes = [fact.question for fact in facts if fact.holds]
    no = [fact.question for fact in facts if not fact.holds]
    return not any(_entails(one, other) for one in yes for other in no)


def _entails(one: object, other: object) -> bool:
    """Whether the yes to one question is a yes to the other."""
    if isinstance(one, Reachable) and isinstance(other, Reachable):
        return set(one.channels) <= set(other.channels)
    if isinstance(one, Reacted) and isinstance(other, Reacted):
        is_same = (one.to, one.how) == (other.to, other.how) and other.link in (None, one.link)
        is_within = other.in_last is None or (one.in_last is not None and one.in_last <= other.in_last)
        return is_same and is_within
    return one == other
