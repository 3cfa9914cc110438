"""What a run's workflow knows and does between two waits: the program, the state, the next command, and how answers change them.

No call to Temporal stands here, so that whoever drives a run without it does so by the same code.
"""

from datetime import datetime

from domain.decisions import Decision
from domain.effects import Delivery, JourneyInput, MigrateWord, Reply, Request
from domain.engine.advance import advance, command_of, first_decisions
from domain.engine.commands import Command
from domain.engine.inputs import Heard, Input, Leave, Lifted, Migrate, Outcome, Refreshed, TimeUp
from domain.engine.lanes import written_anew
from domain.engine.migrating import migrate
from domain.engine.state import Moment, State
from domain.program import Program


class Passage:
    """`decisions` are not written yet; `answered` counts requests; `unsettled` is what was fed since the last answer."""

    def __init__(self, start: JourneyInput) -> None:
        self.program: Program = start.program
        self.state: State = start.state
        self.command: Command = command_of(start.program, start.state)
        self.decisions: list[Decision] = list(
            first_decisions(start.program, start.state.run) if start.decisions is None else start.decisions
        )
        self.last_delivery = start.last_delivery
        self.answered = start.answered
        self.unsettled: list[Input] = []

    def to_go_on(self) -> JourneyInput:
        """What another execution starts with that takes this one's place."""
        return JourneyInput(
            program=self.program,
            state=self.state,
            last_delivery=self.last_delivery,
            answered=self.answered,
            decisions=tuple(self.decisions),
        )

    def request_at(self, at: datetime) -> Request:
        """The next command as a request."""
        return Request(
            number=self.answered + 1,
            at=at,
            state=self.state,
            command=self.command,
            decisions=tuple(self.decisions),
        )

    def feed(self, given: Input) -> None:
        """An input of the workflow's own: what it decides is written with the next request."""
        self.unsettled.append(given)
        self.state, self.command, decided = advance(self.program, self.state, given)
        self.decisions += decided

    def take(self, answer: Reply | Outcome | None) -> None:
        """What became of a request; None: it was called off."""
        if isinstance(answer, Outcome):
            self.feed(answer)
        elif answer is not None:
            self.replay(answer)

    def take_move(self, word: MigrateWord, reply: Reply | None) -> bool:
        """What became of an order to move. False: the run had been taken on before, and the order stands still."""
        if reply is not None:
            self.replay(reply, word.program)
        return reply is None or reply.state is None

    def replay(self, reply: Reply, next_program: Program | None = None) -> None:
        """An activity's inputs: it has driven the engine through them already, and written what was decided."""
        unsettled, self.unsettled = self.unsettled, []
        self.answered = reply.number
        self.decisions.clear()
        if reply.state is not None:
            self.program = reply.program or self.program
            self._take_over(reply.state, unsettled)
        for given in reply.inputs:
            if isinstance(given, Migrate) and next_program is not None:
                self.state, self.command, _ = migrate(self.program, next_program, self.state, given)
                self.program = next_program
            else:
                self.state, self.command, _ = advance(self.program, self.state, given)

    def _take_over(self, state: State, unsettled: list[Input]) -> None:
        """The run was taken on before, by a worker whose answer Temporal never saw: go on from where it is, and take what was
        said since then again. A wait is written down anew, which also looks for what came in between."""
        self.state = written_anew(state.model_copy(update={"phase": "arming"}) if state.phase == "asleep" else state)
        self.command = command_of(self.program, self.state)
        for given in unsettled:
            if not isinstance(given, TimeUp | Outcome):
                self.feed(given)

    def moment_at(self, at: datetime, position: int | None = None) -> Moment:
        """That time. Without `position`, which is read under the customer's lock, only an older one is known."""
        known = position or self.state.entered.position
        return Moment(at=at, position=known, is_exact=position is not None)

    def delivered(self, delivery: Delivery, at: datetime) -> tuple[str, Input] | None:
        """What a command of routing says, with its kind. Numbers rise: one that was seen before is dropped."""
        if delivery.number <= self.last_delivery:
            return None
        self.last_delivery = delivery.number
        match delivery:
            case Delivery(kind="heard", listen=str(listen), event=event) if event is not None:
                return "heard", Heard(moment=self.moment_at(at, event.position), listen=listen, event=event)
            case Delivery(kind="leave"):
                return "leave", Leave(moment=self.moment_at(at), reason=delivery.reason or "stopped")
            case Delivery(kind="refreshed", event=event) if event is not None:
                return "refreshed", Refreshed(moment=self.moment_at(at), event=event)
            case Delivery(kind="lifted", hold=hold, due=due, until=until) if hold is not None:
                return "lifted", Lifted(moment=self.moment_at(at), hold=hold, due=due or "catch_up", until=until)
        return None
