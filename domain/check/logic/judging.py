"""The verdict on a rule: never, always, sometimes, or that it cannot be decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.check.logic.formula import TRUE, Formula, Group, formula
from domain.check.logic.refuting import STEPS, Undecided, refuted
from domain.rules.rule import Rule


class Verdict(StrEnum):
    NEVER = "never"
    ALWAYS = "always"
    SOMETIMES = "sometimes"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`unless_list`: true wherever the names lead to one value at most; a list may pass what a single value cannot."""

    verdict: Verdict
    unless_list: bool = False


def judge(rule: Rule, given: Formula = TRUE, *, steps: int = STEPS) -> Judgement:
    """Whether the rule can hold and can fail where `given` is true. Never and always are certain; sometimes is the rest."""
    try:
        for verdict, holds in ((Verdict.NEVER, True), (Verdict.ALWAYS, False)):
            parts = [formula(rule, holds=holds), given]
            if refuted(parts, lists=False, steps=steps):
                return Judgement(verdict, unless_list=not refuted(parts, lists=True, steps=steps))
    except Undecided:
        return Judgement(Verdict.UNDECIDED)
    return Judgement(Verdict.SOMETIMES)


def core(parts: Sequence[Formula], given: Formula = TRUE) -> list[int]:
    """Which of the parts are enough to contradict each other (or what is given): their places. Empty: they do not.

    Leaving out any of them leaves no contradiction. Raises Undecided.
    """
    kept = list(range(len(parts)))
    if not refuted([*parts, given], lists=False):
        return []
    for place in range(len(parts)):
        rest = [one for one in kept if one != place]
        if refuted([*(parts[one] for one in rest), given], lists=False):
            kept = rest
    return kept


def conjuncts(part: Formula) -> list[Formula]:
    """The parts that must all be true."""
    if isinstance(part, Group) and part.kind == "all":
        return [inner for one in part.parts for inner in conjuncts(one)]
    return [part]
