"""What workflows, activities and routing say to each other: names and models, one in and one out for each.

Workflows call activities by these names, activities implement them, and tests/test_effects.py holds both sides together.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from domain.decisions import Decision
from domain.engine.commands import Command
from domain.engine.inputs import Input
from domain.engine.state import EventRef, State
from domain.frozen import Frozen
from domain.program import Program

WORKFLOW = "JourneyWorkflow"
DELIVER = "deliver"
"""The one signal: numbered, in order per run."""

PROGRESS = "progress"
SEND = "send_message"
WEBHOOK = "call_webhook"
NOTIFY = "notify"

JOURNEYS_QUEUE = "journeys"
WEBHOOK_QUEUE = "call-webhook"
NOTIFY_QUEUE = "notify"


def send_queue(channel: str) -> str:
    """The task queue of a channel: its rate limit, its priorities."""
    return f"send-{channel}"


class JourneyInput(Frozen):
    """What starts a run, and what it carries over when it continues as new: the state, the number of the last delivery
    that was taken, how many requests were answered, and decisions not yet written (None: the run begins)."""

    program: Program
    state: State
    last_delivery: int = 0
    answered: int = 0
    decisions: tuple[Decision, ...] | None = None


class Delivery(Frozen):
    """A command on its way to a running workflow. Numbers rise; one that was seen before is dropped.

    heard: `listen` matched `event`. leave: the run is to end for `reason`. refreshed: `event` is now the one that
    started the run. lifted: the pause `hold` is over; `due` and `until` say what becomes of the effect that it held.
    """

    number: int
    kind: Literal["heard", "leave", "refreshed", "lifted"]
    listen: str | None = None
    event: EventRef | None = None
    reason: str | None = None
    hold: UUID | None = None
    due: Literal["catch_up", "skip"] | None = None
    until: datetime | None = None


class Request(Frozen):
    """Asks an activity to carry out `command` for a run in `state`, and to write `decisions` along with it.

    Requests of a run are numbered from 1. Repeating one gives the stored reply: it is safe at any time. `at` is the
    workflow's time: what is written is never dated before it, so a run's time never runs backwards between two clocks.
    """

    number: int
    at: datetime
    state: State
    command: Command
    decisions: tuple[Decision, ...] = ()


class Reply(Frozen):
    """What became of it: inputs for the engine, in order. The activity has carried out what only touches the database
    on the way, so there may be several.

    With `state` the run has gone on to that state without this workflow: a worker died after its activity had committed and
    before Temporal had heard of it. The workflow takes the state over instead of the inputs, and with it `program` when the
    run was moved to another version. `number` is that of the last request answered.
    """

    number: int
    inputs: tuple[Input, ...] = ()
    state: State | None = None
    program: Program | None = None


class OrderWord(Frozen):
    """An operator's update: who gives it, for `resume` what happens to what fell due, for `retry_parked` whether the step's
    deadline counts anew."""

    by: str
    due: Literal["catch_up", "skip"] = "catch_up"
    deadline: Literal["anew", "kept"] = "anew"


class MigrateWord(Frozen):
    """The update `migrate`: which version the run is to go on by, and which of its steps take the place of which."""

    by: str
    program: Program
    steps: dict[str, str] = Field(default_factory=dict)


class Standing(Frozen):
    """What the query `state` and every update answer: where the run stands, in ids and times only."""

    phase: str
    step: str | None = None
    waiting_until: datetime | None = None
    parked: str | None = None
    path: tuple[str, ...]
    number: int
