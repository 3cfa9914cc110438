"""What a run asks for. Local commands touch only our own database, remote ones the outside world, and rest waits.

What else a command needs (the step's settings, its visit, how the wait stands) is in the state beside it.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.frozen import Frozen


class Choose(Frozen):
    """Ask which case of the branch (or whether the repeat's `until`) holds. Answer: Chosen."""

    kind: Literal["choose"] = "choose"
    step: str


class Resolve(Frozen):
    """Work out when this wait, or this send's `at`, comes. Answer: Resolved.

    `since`: seen from then and not from now, because another version changed the wait after it had begun.
    """

    kind: Literal["resolve"] = "resolve"
    step: str
    since: datetime | None = None


class Apply(Frozen):
    """Carry out set, score or subscribe. Answer: Done."""

    kind: Literal["apply"] = "apply"
    step: str


class Locate(Frozen):
    """Read after which event the step was entered: it hears only what comes later. Answer: Done."""

    kind: Literal["locate"] = "locate"
    step: str


class Gather(Frozen):
    """Keep the heard event's properties as `run.<name>`. Answer: Done."""

    kind: Literal["gather"] = "gather"
    step: str
    name: str


class Arm(Frozen):
    """Write down what is waited for, and look whether it has come already. Answer: Done or Heard."""

    kind: Literal["arm"] = "arm"


class Settle(Frozen):
    """Time is up: let everything accepted before then be applied, and look again. `silence` is the span that must be
    quiet. Answer: Done, Heard, or Resolved with a later end."""

    kind: Literal["settle"] = "settle"
    silence: timedelta | None = None


class Hold(Frozen):
    """Write down that the run is paused. Answer: Done."""

    kind: Literal["hold"] = "hold"


class Release(Frozen):
    """Write down that the run goes on. Answer: Done."""

    kind: Literal["release"] = "release"


class Adopt(Frozen):
    """Go on by another version of the journey, and write that down. Answer: Migrate, or Leave when the run was already to end.

    The one command that is no part of a state: an operator's order stands behind it.
    """

    kind: Literal["adopt"] = "adopt"
    version: int
    steps: dict[str, str] = Field(default_factory=dict)
    by: str = ""


class Finish(Frozen):
    """Write down the end. Answer: Finished, or Leave when the run was already to end for another reason."""

    kind: Literal["finish"] = "finish"
    reason: str


class SendMessage(Frozen):
    """Send through the ledger. Answer: Outcome."""

    kind: Literal["send"] = "send"
    step: str
    deadline: datetime


class CallWebhook(Frozen):
    """Call the step's webhook. Answer: Outcome."""

    kind: Literal["webhook"] = "webhook"
    step: str
    deadline: datetime


class NotifyColleagues(Frozen):
    """Notify colleagues. Answer: Outcome."""

    kind: Literal["notify"] = "notify"
    step: str
    deadline: datetime


class Sleep(Frozen):
    """Rest until something is delivered, an operator speaks, or `until` comes."""

    kind: Literal["sleep"] = "sleep"
    until: datetime | None = None


class Stop(Frozen):
    """Nothing is left to do; the end is written down."""

    kind: Literal["stop"] = "stop"
    reason: str


Local = Choose | Resolve | Apply | Locate | Gather | Arm | Settle | Hold | Release | Adopt | Finish
Remote = SendMessage | CallWebhook | NotifyColleagues
Rest = Sleep | Stop
Command = Annotated[Local | Remote | Rest, Field(discriminator="kind")]
