"""Steps that concern others: another journey of the customer, or a person who is asked."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from domain.program.edges import Edge, Listen, Step
from domain.rules.rule import RefOrValue


class Question(Step):
    """Asks, and waits for the answer: the listen that hears it leads on; after `within`, `otherwise`."""

    listens: tuple[Listen, ...] = ()
    within: timedelta | None = None
    otherwise: Edge = None


class StartJourney(Question):
    """Asks for a run of another journey. Without listens it goes on at once, at `next`."""

    op: Literal["start_journey"] = "start_journey"
    journey: str
    inputs: dict[str, RefOrValue] = Field(default_factory=dict)
    data: dict[str, RefOrValue] = Field(default_factory=dict)
    next: Edge = None


class StopJourney(Step):
    """Ends the customer's runs in another journey."""

    op: Literal["stop_journey"] = "stop_journey"
    journey: str
    next: Edge = None


class Approve(Question):
    """Asks a person whether the content of the sends in `of` may go out."""

    op: Literal["approve"] = "approve"
    to: str
    title: str
    of: tuple[str, ...]
