"""What a run remembers between two inputs: small, serialisable, and only references and verdicts (semantics 26)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from domain.frozen import Frozen


class Moment(Frozen):
    """A point in a customer's life: the time, and the position of the last event applied before it. Who has no lock on the
    customer knows only an older position, and says so: `is_exact`."""

    at: datetime
    position: int = 0
    is_exact: bool = True


class EventRef(Frozen):
    """Which event, never what it says. `accepted_at` decides against a time-out (semantics 14)."""

    id: UUID
    position: int
    accepted_at: datetime


class Round(Frozen):
    """How far a stage or repeat has come: entered when, and for a repeat which round (from 1) began when."""

    scope: str
    entered: Moment
    round: int = 0
    round_began: datetime | None = None


class Waiting(Frozen):
    """What the run waits for. `purpose` says what the end of the time means; `hears` maps a listen to the position
    after which it hears (semantics 14). `hold` is the pause of its journey or a channel at which it rests."""

    purpose: Literal["wait", "wait_for", "answer", "round", "deferral", "parked", "held"]
    until: datetime | None = None
    hears: dict[str, int] = Field(default_factory=dict)
    asked: str | None = None
    hold: UUID | None = None


class Run(Frozen):
    """Who is under way: fixed for the life of the run, but for `entry`, which a refresh replaces. A ghost has no effects; with
    `shadow` because its version only runs beside the live one, else because the customer is held out."""

    id: UUID
    customer: UUID
    journey: str
    version: int
    key: str = ""
    entry: EventRef | None = None
    entered: Moment
    ghost: bool = False
    shadow: bool = False
    time_scale: float = Field(default=1.0, gt=0)


Phase = Literal[
    "enter", "gathering", "arming", "asleep", "settling", "holding", "held", "releasing", "finishing", "over"
]
"""enter: the step's command is due · gathering: an event's properties are to be kept · arming: a wait is to be written down ·
asleep · settling: time is up, what was accepted before is still being applied · holding, held: paused · releasing: resumed or
retried, to be written down · finishing: the end is to be written down · over."""


class Lane(Frozen):
    """A branch of a `parallel` that has not the turn: where it is, in the words of `State`."""

    phase: Phase = "enter"
    at: str | None = None
    entered: Moment
    rounds: tuple[Round, ...] = ()
    waiting: Waiting | None = None
    heard: EventRef | None = None
    heard_by: str | None = None
    due: datetime | None = None
    parked: str | None = None
    skip_due: bool = False


class State(Frozen):
    """Where a run is; it alone says which command is next. `number` rises with every input; `visits` counts how often a
    step was entered; `due` is the resolved moment of a send's `at`; `before` the phase that a pause interrupted; `lanes` are
    the branches that go on beside the one of which the rest speaks (`lanes.py`).

    Of runs that were moved to another version, at `moved_at` for the last time: `done` are the effects that were done
    before, `sent_as` the ids under which steps had sent, or asked somebody, that have another id now."""

    run: Run
    number: int = 0
    phase: Phase = "enter"
    at: str | None = None
    entered: Moment
    visits: dict[str, int] = Field(default_factory=dict)
    rounds: tuple[Round, ...] = ()
    sends: dict[str, Moment] = Field(default_factory=dict)
    waiting: Waiting | None = None
    heard: EventRef | None = None
    heard_by: str | None = None
    due: datetime | None = None
    before: Phase | None = None
    parked: str | None = None
    skip_due: bool = False
    done: tuple[str, ...] = ()
    sent_as: dict[str, str] = Field(default_factory=dict)
    moved_at: datetime | None = None
    reason: str | None = None
    path: tuple[str, ...] = ()
    lanes: tuple[Lane, ...] = ()

    @property
    def visit(self) -> int:
        """The round in which the current step is: 1 on the first visit."""
        return self.visits.get(self.at or "", 0)

    @property
    def places(self) -> "tuple[State | Lane, ...]":
        """Where the run is: in the branch of which the state speaks, and in those that go on beside it."""
        return (self, *self.lanes)

    @property
    def parked_at(self) -> tuple[str, str] | None:
        """The step at which the run, or one of its lanes, is parked, and the cause; None: it is not."""
        places = ((one.at or "", one.parked) for one in self.places)
        return next(((at, cause) for at, cause in places if cause is not None), None)

    @property
    def rests_at(self) -> tuple[str, UUID] | None:
        """The step of the run, or of one of its lanes, that a pause of the journey or of a channel holds, and that pause."""
        places = ((one.at or "", one.waiting.hold) for one in self.places if one.waiting is not None)
        return next(((at, hold) for at, hold in places if hold is not None), None)

    @property
    def is_paused(self) -> bool:
        return self.phase in ("holding", "held")
