"""What a run is told. Results carry the moment of the transaction that wrote them: the next step is entered at that moment."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

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
    is the customer's position when a message was claimed: reactions to it come after that. held: a pause of the journey or
    of a channel stands, which `hold` names; any effect may be answered so."""

    kind: Literal["outcome"] = "outcome"
    moment: Moment
    result: Literal["sent", "skipped", "deferred", "late", "refused", "defect", "unknown", "done", "held"]
    until: datetime | None = None
    code: str | None = None
    claimed: int | None = None
    hold: UUID | None = None


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
    """An operator's word. `due` says what happens to what fell due during a pause; `deadline` whether that of a parked step
    counts from the retry, or goes on as it was."""

    kind: Literal["order"] = "order"
    moment: Moment
    order: Literal["pause", "resume", "skip_wait", "retry", "skip_step"]
    by: str = ""
    due: Literal["catch_up", "skip"] = "catch_up"
    deadline: Literal["anew", "kept"] = "anew"


class Lifted(Frozen):
    """The pause at which the run rests is over. `due` says what happens to the effect that fell due, `until` when it is this
    run's turn where they are spread."""

    kind: Literal["lifted"] = "lifted"
    moment: Moment
    hold: UUID
    due: Literal["catch_up", "skip"] = "catch_up"
    until: datetime | None = None


class Migrate(Frozen):
    """The run is to go on by another version of its journey. `steps` maps ids of the old version to those that take their
    place; whoever feeds it has both programs: `domain.engine.migrating`."""

    kind: Literal["migrate"] = "migrate"
    moment: Moment
    version: int
    steps: dict[str, str] = Field(default_factory=dict)
    by: str = ""


class Finished(Frozen):
    kind: Literal["finished"] = "finished"
    moment: Moment


Input = Annotated[
    Chosen | Resolved | Done | Heard | Outcome | Leave | Refreshed | TimeUp | Order | Lifted | Migrate | Finished,
    Field(discriminator="kind"),
]
