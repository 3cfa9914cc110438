"""Ways of a branch that are never taken, or that cannot be told apart from their neighbour."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from domain.check.conditions import ONLY_LISTS_PASS
from domain.check.contexts import Contexts, case_paths
from domain.check.logic.formula import Formula, both, formula
from domain.check.logic.judging import Judgement, Verdict, judge
from domain.check.logic.refuting import Undecided, refuted
from domain.compiler import Compiled
from domain.document.steps import inner_steps
from domain.errors import Problem
from domain.program import Branch, Case

_TURN = "Put the narrower case first, or leave one of them out."


def check_branches(compiled: Compiled, contexts: Contexts) -> Iterator[Problem]:
    """Everything there is to say about the ways of branches."""
    for step in compiled.program.steps.values():
        if isinstance(step, Branch):
            written = contexts.written[step.id]["branch"]
            path = contexts.paths[step.id]
            conditions, _, otherwise = case_paths(step, path, written)
            yield from _cases(step, conditions, isinstance(written, Mapping), contexts.at(path))
            if _has_else(written):
                yield from _else(step, otherwise, contexts.at(path))
            yield from _same_ways(contexts.written[step.id], path)


def _cases(step: Branch, paths: Sequence[str], is_by: bool, given: Formula) -> Iterator[Problem]:
    earlier: list[Formula] = []
    for index, case in enumerate(step.cases):
        alone = judge(case.rule, given)
        if alone.verdict is Verdict.NEVER:
            if is_by:
                why = "what the entry or the branches around it have asked excludes it"
                yield _unreachable(paths[index], why, alone)
        elif earlier and alone.verdict is not Verdict.UNDECIDED:
            yield from _covered(step.cases, index, paths, given, earlier)
        earlier.append(formula(case.rule, holds=False))


def _covered(
    cases: Sequence[Case], index: int, paths: Sequence[str], given: Formula, earlier: Sequence[Formula]
) -> Iterator[Problem]:
    """What the cases before leave of this one."""
    judgement = judge(cases[index].rule, both(given, *earlier))
    verdict = judgement.verdict
    if verdict is Verdict.UNDECIDED:
        yield Problem(
            path=paths[index],
            message="Whether the cases before leave anything of this one has too many alternatives to be said.",
            remedy="Use fewer `any` in the conditions of this branch.",
            code="undecided_condition",
        )
    elif verdict is Verdict.NEVER and _is_same(cases[index - 1], cases[index], given):
        yield Problem(
            path=paths[index],
            message="This case has the same condition as the one before it, which takes everybody.",
            remedy="Leave one of them out, or change what was meant.",
            code="same_case",
        )
    elif verdict is Verdict.NEVER:
        yield _unreachable(paths[index], "everybody whom it is for is taken by the cases before it", judgement)


def _is_same(one: Case, other: Case, given: Formula) -> bool:
    """Whether each holds exactly where the other does."""
    pairs = ((one, other), (other, one))
    try:
        return all(refuted([given, formula(a.rule), formula(b.rule, holds=False)], lists=False) for a, b in pairs)
    except Undecided:
        return False


def _unreachable(path: str, why: str, judgement: Judgement) -> Problem:
    message = f"This case is never taken: {why}.{ONLY_LISTS_PASS if judgement.unless_list else ''}"
    return Problem(path=path, message=message, remedy=_TURN, code="unreachable_case")


def _has_else(written: object) -> bool:
    if isinstance(written, Mapping):
        return bool(written.get("else"))
    return isinstance(written, list) and isinstance(written[-1], Mapping) and bool(written[-1].get("else"))


def _else(step: Branch, path: str, given: Formula) -> Iterator[Problem]:
    """Unless one case is said to hold always: then the steps after it are its affair."""
    if any(judge(case.rule, given).verdict is Verdict.ALWAYS for case in step.cases):
        return
    try:
        is_lost = refuted([given, *(formula(case.rule, holds=False) for case in step.cases)], lists=False)
    except Undecided:
        return
    if is_lost:
        yield Problem(
            path=path,
            message="This is never taken: one of the cases before it always holds.",
            remedy="Leave it out, or make the cases narrower.",
            code="unreachable_else",
        )


def _same_ways(step: Mapping[str, object], path: str) -> Iterator[Problem]:
    ways = [(keys, [_nameless(one) for one in steps]) for keys, steps in inner_steps(step) if keys[0] == "branch"]
    for (_, before), (keys, after) in pairwise(ways):
        if before and before == after:
            place = path + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
            yield Problem(
                path=place,
                message="These steps are those of the way before: nobody could tell which of the two was taken.",
                remedy="Make it one way with both conditions, or change the steps.",
                code="same_way",
            )


def _nameless(step: object) -> object:
    """A step without the ids in it."""
    if isinstance(step, Mapping):
        return {key: _nameless(value) for key, value in step.items() if key != "id"}
    return [_nameless(one) for one in step] if isinstance(step, list) else step
