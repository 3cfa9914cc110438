"""A driver of the engine for tests: a clock, made-up answers, and a record of everything that happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.decisions import Decision
from domain.engine.advance import advance, begin, command_of, first_decisions
from domain.engine.commands import (
    Apply,
    CallWebhook,
    Choose,
    Command,
    Finish,
    NotifyColleagues,
    Resolve,
    SendMessage,
    Sleep,
    Stop,
)
from domain.engine.inputs import Chosen, Done, Finished, Heard, Input, Order, Outcome, Resolved, TimeUp
from domain.engine.state import EventRef, Moment, Run, State
from domain.program import Program

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
RUN = UUID("00000000-0000-7000-8000-000000000001")
CUSTOMER = UUID("00000000-0000-7000-8000-000000000002")


def new_run(**changes: object) -> Run:
    values = {
        "id": RUN,
        "customer": CUSTOMER,
        "journey": "random",
        "version": 1,
        "entered": Moment(at=START, position=1),
    }
    return Run.model_validate(values | changes)


@dataclass
class Walk:
    """`choose(n)` picks one of n possibilities; what it picks decides how the world answers. `hold` is the pause that stands."""

    program: Program
    choose: Callable[[int], int] = lambda count: 0
    run: Run = field(default_factory=new_run)
    now: datetime = START
    position: int = 1
    inputs: list[Input] = field(default_factory=list)
    sent: list[tuple[str, int]] = field(default_factory=list)
    hold: UUID | None = None

    def __post_init__(self) -> None:
        self.state: State = begin(self.program, self.run)
        self.command: Command = command_of(self.program, self.state)
        self.decisions: list[Decision] = list(first_decisions(self.program, self.run))

    @property
    def moment(self) -> Moment:
        return Moment(at=self.now, position=self.position)

    @property
    def by_the_clock(self) -> Moment:
        """Now, as a workflow knows it: how far the customer's events have been applied it does not know."""
        return Moment(at=self.now, position=self.state.entered.position, is_exact=False)

    @property
    def log(self) -> list[tuple[str, str]]:
        return [(decision.kind, decision.outcome) for decision in self.decisions]

    def give(self, given: Input) -> None:
        self.inputs.append(given)
        self.state, self.command, decided = advance(self.program, self.state, given)
        self.decisions += decided

    def happen(self, listen: str, accepted_at: datetime | None = None) -> None:
        """An event that `listen` matches is applied, and the run is told."""
        self.position += 1
        event = EventRef(id=UUID(int=self.position), position=self.position, accepted_at=accepted_at or self.now)
        self.give(Heard(moment=self.moment, listen=listen, event=event))

    def go(self, limit: int = 500) -> Command:
        """Answers commands until the run sleeps or is over."""
        for _ in range(limit):
            if isinstance(self.command, Sleep | Stop):
                return self.command
            self.give(self.answer(self.command))
        raise AssertionError(f"neither asleep nor over after {limit} inputs: {self.state.path}")

    def sleep(self, span: timedelta | None = None) -> Command:
        """Time passes: to the end of the wait, or by `span`."""
        until = self.command.until if isinstance(self.command, Sleep) else None
        self.now = self.now + span if span is not None else until or self.now
        self.give(TimeUp(moment=self.by_the_clock))
        return self.go()

    def answer(self, command: Command) -> Input:
        match command:
            case Apply() | SendMessage() | CallWebhook() | NotifyColleagues() if self.hold is not None:
                return Outcome(moment=self.moment, result="held", code="journey", hold=self.hold)
            case Choose():
                return Chosen(moment=self.moment, case=(None, 0)[self.choose(2)])
            case Resolve():
                spans = (None, timedelta(hours=-2), timedelta(hours=3))
                span = spans[self.choose(3)]
                is_past = span is not None and span < timedelta(0)
                return Resolved(moment=self.moment, until=self.now + span if span else None, is_past=is_past)
            case SendMessage():
                return self._send()
            case CallWebhook() | NotifyColleagues():
                return Outcome.model_validate(
                    {"moment": self.moment, "result": ("done", "refused", "late")[self.choose(3)]}
                )
            case Finish():
                return Finished(moment=self.moment)
        return Done(moment=self.moment)

    def _send(self) -> Outcome:
        results = ("sent", "skipped", "refused", "late", "deferred", "defect", "unknown")
        result = results[self.choose(len(results))]
        if result == "sent":
            self.sent.append((self.state.at or "", self.state.visit))
        until = self.now + timedelta(hours=1) if result == "deferred" else None
        return Outcome.model_validate({"moment": self.moment, "result": result, "until": until, "code": None})


def sends(walk: Walk) -> list[str]:
    return [step for step, _ in walk.sent]


def end_of(walk: Walk) -> datetime:
    """When the wait ends at which the run sleeps."""
    assert isinstance(walk.command, Sleep)
    assert walk.command.until is not None
    return walk.command.until


def order(walk: Walk, word: str, due: str = "catch_up") -> None:
    walk.give(Order.model_validate({"moment": walk.moment, "order": word, "by": "ada", "due": due}))
