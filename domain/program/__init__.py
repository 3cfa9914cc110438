"""A compiled journey: steps by id, each with its outgoing edges. `compiler/` makes it, `engine/` walks it.

An edge is the id of the next step, or None: the plan is used up and the run is `finished`. Durations are pydantic's
ISO 8601 form here (the document has `3d`); times of day are `HH:MM`. Everything travels in the workflow's start input.
"""

from domain.program.edges import Edge, Listen, Step
from domain.program.effects import Notify, Score, Send, SetAttributes, Subscribe, Webhook
from domain.program.others import Approve, Question, StartJourney, StopJourney
from domain.program.paths import (
    Arm,
    Branch,
    Case,
    EndLane,
    EndRound,
    EndStage,
    Exit,
    Lane,
    Parallel,
    Repeat,
    Split,
    Stage,
)
from domain.program.waits import (
    BusinessDays,
    ForDuration,
    InWindow,
    Learned,
    Silence,
    Until,
    UntilClock,
    UntilMoment,
    Wait,
    WaitFor,
)
from domain.program.whole import Entry, Goal, Operation, Program, QuietHours, Trigger

__all__ = [
    "Approve",
    "Arm",
    "Branch",
    "BusinessDays",
    "Case",
    "Edge",
    "EndLane",
    "EndRound",
    "EndStage",
    "Entry",
    "Exit",
    "ForDuration",
    "Goal",
    "InWindow",
    "Lane",
    "Learned",
    "Listen",
    "Notify",
    "Operation",
    "Parallel",
    "Program",
    "Question",
    "QuietHours",
    "Repeat",
    "Score",
    "Send",
    "SetAttributes",
    "Silence",
    "Split",
    "Stage",
    "StartJourney",
    "Step",
    "StopJourney",
    "Subscribe",
    "Trigger",
    "Until",
    "UntilClock",
    "UntilMoment",
    "Wait",
    "WaitFor",
    "Webhook",
]
