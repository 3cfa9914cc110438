"""What a run is told. Results carry the moment of the transaction that wrote them: the next step is entered at that moment."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from domain.engine.state import EventRef, Moment
from domain.frozen import Frozen


class Chosen(Frozen):
    """Which case of a branch holds (None: none does); for a repeat, 0 when `until` holds."""

    kind: Literal["chosen"] = "chosen"
    moment: Moment
    case: int | None = None


class Resolved(Frozen):
    """When a wait ends. `until` None: at once. `is_past`: the moment it names was over when asked."""

    kind: Literal["resolved"] = "resolved"
    moment: Moment
    until: datetime | None = None
    is_past: bool = False


class Done(Frozen):
    """What touches only our database has been done: applied, gathered, armed, settled, held, released."""

    kind: Literal["done"] = "done"
    moment: Moment


class Heard(Frozen):
    """A listen matched an event."""

    kind: Literal["heard"] = "heard"
    moment: Moment
    listen: str
    event: EventRef


class Outcome(Frozen):
    """What became of a send, webhook or notification. `until` goes with deferred, `code` with refused and defect; `claimed`
    is the customer's position when a message was claimed: reactions to it come after that."""

    kind: Literal["outcome"] = "outcome"
    moment: Moment
    result: Literal["sent", "skipped", "deferred", "late", "refused", "defect", "unknown", "done"]
    until: datetime | None = None
    code: str | None = None
    claimed: int | None = None


class Leave(Frozen):
    """The run is to end for `reason`."""

    kind: Literal["leave"] = "leave"
    moment: Moment
    reason: str


class Refreshed(Frozen):
    """A newer event takes the place of the one that started the run."""

    kind: Literal["refreshed"] = "refreshed"
    moment: Moment
    event: EventRef


class TimeUp(Frozen):
    kind: Literal["time_up"] = "time_up"
    moment: Moment


class Order(Frozen):
    """An operator's word. `due` says what happens to what fell due during a pause."""

    kind: Literal["order"] = "order"
    moment: Moment
    order: Literal["pause", "resume", "skip_wait", "retry"]
    by: str = ""
    due: Literal["catch_up", "skip"] = "catch_up"


class Finished(Frozen):
    kind: Literal["finished"] = "finished"
    moment: Moment


Input = Annotated[
    Chosen | Resolved | Done | Heard | Outcome | Leave | Refreshed | TimeUp | Order | Finished,
    Field(discriminator="kind"),
]
