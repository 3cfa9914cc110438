"""Steps that have an effect: what is sent, called, told, and changed about the customer."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from domain.program.edges import Edge, Step
from domain.rules.rule import RefOrValue


class Send(Step):
    op: Literal["send"] = "send"
    template: str
    channels: tuple[str, ...]
    best_channel: bool = False
    topic: str | None = None
    purpose: Literal["marketing", "transactional"] = "marketing"
    at: str | None = None
    once: Literal["ever"] | None = None
    if_blocked: Literal["skip", "wait"] = "skip"
    deadline: timedelta = timedelta(hours=24)
    if_late: Literal["skip", "park", "exit"] = "skip"
    on_failure: Literal["continue", "park", "exit"] = "continue"
    sender: str | None = None
    reply_to: str | None = None
    attach: Literal["ics"] | None = None
    utm: dict[str, str] = Field(default_factory=dict)
    data: dict[str, RefOrValue] = Field(default_factory=dict)
    next: Edge = None


class SetAttributes(Step):
    op: Literal["set"] = "set"
    attributes: dict[str, RefOrValue] = Field(default_factory=dict)
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    increment: dict[str, float] = Field(default_factory=dict)
    next: Edge = None


class Score(Step):
    op: Literal["score"] = "score"
    add: float | None = None
    set_to: float | None = None
    reason: str | None = None
    next: Edge = None


class Subscribe(Step):
    """Records consent to a topic, or its withdrawal."""

    op: Literal["subscribe"] = "subscribe"
    topic: str
    subscribed: bool = True
    next: Edge = None


class Webhook(Step):
    """`otherwise` is entered on refusal when the author wrote `else`; without it the run goes on at `next`."""

    op: Literal["webhook"] = "webhook"
    url: str
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    headers: dict[str, str] = Field(default_factory=dict)
    data: dict[str, RefOrValue] = Field(default_factory=dict)
    gather_as: str | None = None
    deadline: timedelta = timedelta(hours=24)
    has_else: bool = False
    otherwise: Edge = None
    next: Edge = None


class Notify(Step):
    """Tell colleagues. Exactly one of `email` (an address) and `webhook` (a URL)."""

    op: Literal["notify"] = "notify"
    email: str | None = None
    webhook: str | None = None
    text: str
    title: str | None = None
    deadline: timedelta = timedelta(hours=24)
    next: Edge = None
