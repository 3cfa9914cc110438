"""A run gone again by the engine alone, from where it stood at the dry run, with what really reached it, in the recorded order.

The decision log says what came and when: an event that was heard, a message that was handed over, the move, an order, the end.
Everything else the engine decides, and each of its decisions must be the next line of the log.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from domain.decisions import Decision
from domain.engine.advance import advance, command_of
from domain.engine.commands import Command, Finish, Resolve, SendMessage, Settle, Sleep, Stop
from domain.engine.inputs import Done, Finished, Heard, Input, Leave, Migrate, Order, Outcome, TimeUp
from domain.engine.migrating import migrate
from domain.engine.state import EventRef, Moment, State
from domain.migration.ahead import Outlook
from domain.migration.forecast import Answer, Foresight, foresee
from store.database import Database

Json = dict[str, Any]


class Line(NamedTuple):
    """A line of a run's decision log; `event` is the one that it names."""

    at: datetime
    version: int
    kind: str
    outcome: str
    step: str | None
    visit: int | None
    detail: Json
    event: EventRef | None


_LOG = text("""
    SELECT decision.run_id, decision.at, decision.version, kind, outcome, step, visit, detail, event.id, event.position,
        event.received_at
    FROM decision LEFT JOIN event ON event.id = CAST(detail ->> 'event_id' AS uuid)
    WHERE journey_id = 'crowd' AND run_id IS NOT NULL AND kind NOT IN ('entry', 'gate', 'goal')
        AND NOT (kind = 'leave' AND detail ? 'event')
    ORDER BY decision.at, decision.id
""")
"""What the engine has decided; routing and the gate write into the same log."""


async def log_of(db: Database) -> dict[UUID, list[Line]]:
    """The log of every run."""
    found: dict[UUID, list[Line]] = {}
    async with db.transaction() as tx:
        for run, *line, event, position, received_at in await tx.execute(_LOG):
            ref = EventRef(id=event, position=position, accepted_at=received_at) if event is not None else None
            found.setdefault(run, []).append(Line._make((*line, ref)))
    return found


class Retold:
    """`foresight` is what the forecast's own function says of the state in which the move really found the run; None: it was not
    moved. `sent` are the messages since the dry run, `is_undisturbed` whether nothing had happened by the move."""

    def __init__(
        self,
        versions: tuple[Outlook, Outlook],
        state: State,
        steps: Mapping[str, str],
        answers: Callable[[datetime], Answer],
        read_at: datetime,
    ) -> None:
        self.versions, self.steps, self.answers = versions, steps, answers
        self.program = versions[0].program
        self.state = state
        self.command: Command = command_of(self.program, state)
        self.at = read_at
        self.foresight: Foresight | None = None
        self.found: State | None = None
        self.is_undisturbed = True
        self.sent: list[tuple[int, str, int]] = []
        self.lines: deque[Line] = deque()

    def go_on(self, lines: Sequence[Line], *, to_the_second: bool = True) -> None:
        """Lives through these lines, until the run rests. `to_the_second`: what it waits for must end when the log says."""
        self.lines.extend(lines)
        for _ in range(10 * len(lines) + 10):
            if not self.lines and isinstance(self.command, Sleep | Stop | SendMessage | Finish):
                return
            self._take(self._next(), to_the_second)
        raise AssertionError(f"the engine does not come to {self.lines[0] if self.lines else self.command}")

    def foreseen(self) -> Foresight:
        """What the move would come to from here."""
        return foresee(*self.versions, self.state, self.steps, self._moment(), self.answers(self.at))

    def _moment(self) -> Moment:
        return Moment(at=self.at)

    def _next(self) -> Input:
        line = self.lines[0] if self.lines else None
        match self.command:
            case Finish() | Sleep() | SendMessage() | Settle() if line is not None:
                self.at = line.at
                return self._said(line)
            case Resolve() as command:
                return self.answers(self.at)(command, self.state)
        return Done(moment=self._moment())

    def _said(self, line: Line) -> Input:
        """What reached the run, that it decided so."""
        moment = self._moment()
        match line.kind, line.outcome:
            case "leave", reason:
                return Leave(moment=moment, reason=reason)
            case "end", _:
                return Finished(moment=moment)
            case "wait_for" | "stage", "heard" | "left":
                assert line.event is not None, line
                return Heard(moment=moment, listen=line.detail["listen"], event=line.event)
            case "migration", "moved":
                return Migrate(moment=moment, version=2, steps=dict(self.steps), by=line.detail["by"])
            case "send", "handed_over" | "ghost":
                assert isinstance(self.command, SendMessage), (line, self.command)
                assert self.command.step == line.step, (line, self.command)
                return Outcome(moment=moment, result="sent")
            case "operator", "skip_wait":
                return Order(moment=moment, order="skip_wait", by=line.detail["by"])
        return Done(moment=moment) if isinstance(self.command, Settle) else TimeUp(moment=moment)

    def _take(self, given: Input, to_the_second: bool) -> None:
        if isinstance(given, Migrate):
            self.found, self.foresight = self.state, self.foreseen()
            self.program = self.versions[1].program
            old = self.versions[0].program
            self.state, self.command, decided = migrate(old, self.program, self.state, given)
        else:
            if isinstance(given, Outcome):
                self.sent.append((self.program.version, self.state.at or "", self.state.visit))
            self.state, self.command, decided = advance(self.program, self.state, given)
        for decision in decided:
            self._compare(decision, to_the_second)

    def _compare(self, decision: Decision, to_the_second: bool) -> None:
        assert self.lines, decision
        line = self.lines.popleft()
        self.is_undisturbed &= self.foresight is not None
        told = (self.program.version, decision.kind, decision.outcome, decision.step, decision.visit)
        assert told == (line.version, line.kind, line.outcome, line.step, line.visit)
        for name, value in decision.detail.items():
            if to_the_second or name != "until":
                assert line.detail.get(name) == value, (line, decision)
