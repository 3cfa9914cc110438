"""Steps that decide which way a run goes: branches, splits, stages, repeats, branches side by side, the exit."""

from datetime import timedelta
from typing import Literal

from domain.frozen import Frozen
from domain.program.edges import Edge, Listen, Step
from domain.rules.rule import Rule


class Case(Frozen):
    rule: Rule
    label: str
    goto: Edge = None


class Branch(Step):
    op: Literal["branch"] = "branch"
    cases: tuple[Case, ...]
    otherwise: Edge = None


class Arm(Frozen):
    name: str
    weight: float
    goto: Edge = None


class Split(Step):
    op: Literal["split"] = "split"
    arms: tuple[Arm, ...]


class Stage(Step):
    """Left at once when `until` is heard (to `then`); when its steps are used up, EndStage leads to `otherwise`."""

    op: Literal["stage"] = "stage"
    until: Listen
    body: Edge = None
    then: Edge = None


class EndStage(Step):
    op: Literal["end_stage"] = "end_stage"
    stage: str
    otherwise: Edge = None


class Repeat(Step):
    """Up to `times` rounds, `every` from the start of a round to the start of the next; `until` is asked before each."""

    op: Literal["repeat"] = "repeat"
    every: timedelta
    times: int
    until: Rule | None = None
    body: Edge = None
    next: Edge = None


class EndRound(Step):
    op: Literal["end_round"] = "end_round"
    repeat: str


class Lane(Frozen):
    """One of the branches of a `parallel`. Its `id` is the scope of its steps, and the id of the step that ends it."""

    id: str
    name: str
    goto: Edge = None


class Parallel(Step):
    """Goes all of its lanes at once. `all`: `next` is entered when every lane is at its end; `any`: when the first is."""

    op: Literal["parallel"] = "parallel"
    join: Literal["all", "any"] = "all"
    lanes: tuple[Lane, ...]
    next: Edge = None


class EndLane(Step):
    op: Literal["end_lane"] = "end_lane"
    parallel: str
    next: Edge = None


class Exit(Step):
    op: Literal["exit"] = "exit"
    reason: str
