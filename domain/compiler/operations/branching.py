"""`branch`, `split`, `stage`, `repeat` and `parallel`."""

from domain.compiler.operations.listening import listen
from domain.compiler.spot import Spot
from domain.document.branching import BranchBy, BranchStep, ElseForm, ParallelStep, RepeatStep, SplitStep, StageStep
from domain.document.listening import ForEvent, ForRule
from domain.program import (
    Arm,
    Branch,
    Case,
    Edge,
    EndLane,
    EndRound,
    EndStage,
    Lane,
    Listen,
    Parallel,
    Repeat,
    Split,
    Stage,
)


def branch(form: BranchStep, spot: Spot) -> Branch:
    if isinstance(form.branch, BranchBy):
        return _branch_by(form.branch, spot)
    cases: list[Case] = []
    otherwise = spot.after
    for index, case in enumerate(form.branch):
        if isinstance(case, ElseForm):
            otherwise = spot.steps(case.otherwise, "branch", index, "else")
        else:
            rule = spot.rule(case.condition, "branch", index, "if")
            goto = spot.steps(case.steps, "branch", index, "steps")
            cases.append(Case(rule=rule, label=f"case {index + 1}", goto=goto))
    return Branch(id=spot.id, scopes=spot.scopes, cases=tuple(cases), otherwise=otherwise)


def _branch_by(form: BranchBy, spot: Spot) -> Branch:
    cases = tuple(
        Case(
            rule=spot.rule({form.by: _spellings(value)}, "branch", "by"),
            label=value,
            goto=spot.steps(steps, "branch", "cases", value),
        )
        for value, steps in form.cases.items()
    )
    otherwise = spot.steps(form.otherwise, "branch", "else")
    return Branch(id=spot.id, scopes=spot.scopes, cases=cases, otherwise=otherwise)


def _spellings(value: str) -> str | list[str | int | bool]:
    """Keys are text, attributes need not be: `1` is also the number and `true` the truth value."""
    if value in ("true", "false"):
        return [value, value == "true"]
    is_whole = value.isascii() and value.removeprefix("-").isdigit() and len(value) < 16
    return [value, int(value)] if is_whole else value


def split(form: SplitStep, spot: Spot) -> Split:
    """Weights become fractions that add up to 1."""
    total = sum(arm.weight for arm in form.split.values())
    arms = tuple(
        Arm(name=name, weight=arm.weight / total, goto=spot.steps(arm.steps, "split", name, "steps"))
        for name, arm in form.split.items()
    )
    return Split(id=spot.id, scopes=spot.scopes, arms=arms)


def stage(form: StageStep, spot: Spot) -> Stage:
    end = f"{spot.id}/end"
    until = _until(form, spot)
    body = spot.steps(form.stage.steps, "stage", "steps", after=end, inside=spot.id)
    then = spot.steps(form.then, "then")
    otherwise = spot.steps(form.otherwise, "else")
    spot.draft.add(EndStage(id=end, scopes=(*spot.scopes, spot.id), stage=spot.id, otherwise=otherwise))
    return Stage(id=spot.id, scopes=spot.scopes, until=until, body=_not_empty(body, end, "stage", spot), then=then)


def _until(form: StageStep, spot: Spot) -> Listen:
    until = form.stage.until
    if isinstance(until, ForEvent | ForRule):
        return listen(until, spot, 0, None, "stage", "until")
    return Listen(id=f"{spot.id}/0", kind="rule", rule=spot.rule(until, "stage", "until"))


def repeat(form: RepeatStep, spot: Spot) -> Repeat:
    said, end = form.repeat, f"{spot.id}/end"
    until = spot.rule(said.until, "repeat", "until") if said.until is not None else None
    body = spot.steps(said.steps, "repeat", "steps", after=end, inside=spot.id)
    spot.draft.add(EndRound(id=end, scopes=(*spot.scopes, spot.id), repeat=spot.id))
    return Repeat(
        id=spot.id,
        scopes=spot.scopes,
        every=said.every,
        times=said.times,
        until=until,
        body=_not_empty(body, end, "repeat", spot),
        next=spot.after,
    )


def parallel(form: ParallelStep, spot: Spot) -> Parallel:
    lanes = tuple(_lane(name, steps, spot) for name, steps in form.parallel.branches.items())
    return Parallel(id=spot.id, scopes=spot.scopes, join=form.parallel.join, lanes=lanes, next=spot.after)


def _lane(name: str, steps: object, spot: Spot) -> Lane:
    end = f"{spot.id}/{name}"
    goto = spot.steps(steps, "parallel", "branches", name, after=end, inside=end)
    if goto == end:
        spot.refuse("this branch has no steps", "Add steps, or leave it out.", "parallel", "branches", name)
    spot.draft.add(EndLane(id=end, scopes=(*spot.scopes, end), parallel=spot.id, next=spot.after))
    return Lane(id=end, name=name, goto=goto)


def _not_empty(body: Edge, end: str, kind: str, spot: Spot) -> Edge:
    if body == end:
        spot.refuse(f"this {kind} has no steps", "Add steps, or leave it out.", kind, "steps")
    return body
