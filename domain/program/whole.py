"""The program as a whole: what starts it, what ends it, its defaults and its steps."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.durations import Rate
from domain.frozen import Frozen
from domain.program.edges import Edge
from domain.program.effects import Notify, Score, Send, SetAttributes, Subscribe, Webhook
from domain.program.others import Approve, StartJourney, StopJourney
from domain.program.paths import Branch, EndLane, EndRound, EndStage, Exit, Parallel, Repeat, Split, Stage
from domain.program.waits import Wait, WaitFor
from domain.rules.rule import Rule

Operation = Annotated[
    Send
    | Wait
    | WaitFor
    | Branch
    | Split
    | Stage
    | EndStage
    | Repeat
    | EndRound
    | Parallel
    | EndLane
    | SetAttributes
    | Score
    | Subscribe
    | Webhook
    | Notify
    | StartJourney
    | StopJourney
    | Approve
    | Exit,
    Field(discriminator="op"),
]


class Trigger(Frozen):
    """An arriving event, the properties it must have, and a rule about the customer."""

    id: str
    events: tuple[str, ...] = ()
    where: Rule | None = None
    rule: Rule | None = None
    same: str | None = None


class Entry(Frozen):
    """What starts a run, and everything that stands beside the trigger. `per` is a property path of the event."""

    trigger: Trigger
    manual: bool = False
    per: str | None = None
    again: Literal["never", "after_end", "always"] | timedelta = "after_end"
    on_repeat: Literal["ignore", "refresh", "restart"] = "ignore"
    each: str | None = None
    max_age: timedelta = timedelta(hours=24)
    holdout: float = 0.0
    intake: Rate | None = None


class Goal(Frozen):
    triggers: tuple[Trigger, ...]
    within: timedelta | None = None
    counts_from: Literal["entry", "first_send"] = "entry"
    value: str | None = None


class QuietHours(Frozen):
    """No marketing is handed over between the two times of day in the customer's zone (may cross midnight)."""

    start: str
    end: str


class Program(Frozen):
    """One published version of a journey, ready to run. `caps` maps a channel (or `all`) to a rate per customer."""

    journey: str
    version: int = 0
    title: str = ""
    entries: tuple[Entry, ...]
    inputs: dict[str, str] = Field(default_factory=dict)
    goal: Goal | None = None
    exits: tuple[Trigger, ...] = ()
    on_merge: Literal["keep_oldest", "keep_newest", "keep_both"] = "keep_oldest"
    quiet_hours: QuietHours | None = None
    caps: dict[str, Rate] = Field(default_factory=dict)
    topic: str | None = None
    priority: int = 3
    start: Edge = None
    steps: dict[str, Operation]
