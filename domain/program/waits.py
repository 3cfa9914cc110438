"""Waits: the forms of `wait`, and `wait_for`."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.frozen import Frozen
from domain.program.edges import Edge, Listen, Step
from domain.rules.rule import Ref


class ForDuration(Frozen):
    form: Literal["duration"] = "duration"
    span: timedelta


class UntilClock(Frozen):
    """`{until: "09:00", days: [mon, tue]}`: the next such time of day in the customer's zone."""

    form: Literal["clock"] = "clock"
    time: str
    days: tuple[str, ...] = ()


class UntilMoment(Frozen):
    """`{until: event.starts_at, offset: -1d, if_past: skip}`."""

    form: Literal["moment"] = "moment"
    moment: Ref | str
    offset: timedelta = timedelta(0)
    if_past: Literal["continue", "skip", "exit"] = "continue"


class InWindow(Frozen):
    """Until the time of day lies between the two (may cross midnight); at once when it does already."""

    form: Literal["window"] = "window"
    start: str
    end: str


class Silence(Frozen):
    """Until `listen` has not been heard for `span`; each time it is heard the span starts anew."""

    form: Literal["silence"] = "silence"
    listen: Listen
    span: timedelta


class Learned(Frozen):
    """`{for: {ref or gap}, default: 30d, times: 0.8, min: 7d, max: 180d, at: "10:00"}`: a span read from facts."""

    form: Literal["learned"] = "learned"
    ref: Ref | None = None
    gap_event: str | None = None
    gap_stat: Literal["median", "mean", "min", "max", "last"] = "median"
    default: timedelta
    times: float = 1.0
    min: timedelta | None = None
    max: timedelta | None = None
    at: str | None = None


class BusinessDays(Frozen):
    form: Literal["business_days"] = "business_days"
    days: int


Until = Annotated[
    ForDuration | UntilClock | UntilMoment | InWindow | Silence | Learned | BusinessDays, Field(discriminator="form")
]


class Wait(Step):
    """`then` is entered when the wait is over; left out (straight to `next`) when a past moment says skip."""

    op: Literal["wait"] = "wait"
    until: Until
    spread: timedelta | None = None
    then: Edge = None
    next: Edge = None


class WaitFor(Step):
    """The first listen that is heard leads to its `goto`; after `within`, `otherwise`."""

    op: Literal["wait_for"] = "wait_for"
    listens: tuple[Listen, ...]
    within: timedelta | None = None
    since: Literal["step", "entry"] = "step"
    otherwise: Edge = None
