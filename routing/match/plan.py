"""What follows from a batch, gathered in memory: new runs, changed runs, decisions and commands. Written in one go."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from domain.decisions import Decision
from domain.effects import Delivery
from domain.events import AcceptedEvent
from domain.others import journey_ended, questions_in
from routing.batch.applied import Applied
from store.run.rows import NewCommand, RunRow, Subject

UNDER_WAY = ("queued", "running", "paused", "parked")
"""Living, and not about to end: what a trigger during a run meets."""


@dataclass(slots=True)
class Plan:
    """The runs of a batch's customers as its events leave them, and everything to be written about them."""

    now: datetime
    time_scale: float = 1.0
    runs: defaultdict[UUID, list[RunRow]] = field(default_factory=lambda: defaultdict(list))
    new: list[RunRow] = field(default_factory=list)
    commands: list[NewCommand] = field(default_factory=list)
    decisions: list[tuple[Subject, Decision]] = field(default_factory=list)
    changed: dict[UUID, RunRow] = field(default_factory=dict)
    events: list[AcceptedEvent] = field(default_factory=list)

    def know(self, runs: Iterable[RunRow]) -> None:
        """Living runs, as the store has them under the lock of their customers."""
        for run in runs:
            self.runs[run.customer].append(run)

    @property
    def queued(self) -> bool:
        return any(run.status == "queued" for run in self.new)

    def log(self, run: RunRow, kind: str, outcome: str, **detail: JsonValue) -> None:
        """A decision about a run."""
        subject = Subject(customer=run.customer, journey=run.journey, version=run.version, run=run.id)
        self.decisions.append((subject, Decision(kind=kind, outcome=outcome, detail=detail)))

    def enter(self, run: RunRow) -> None:
        """A new run; unless its journey queues, its workflow is started."""
        self.new.append(run)
        self.runs[run.customer].append(run)
        if run.status == "running":
            run.last_command = 1
            self.commands.append(NewCommand(run.id, run.journey, 1))

    def leave(self, run: RunRow, reason: str, **detail: JsonValue) -> None:
        """The run ends for this reason: by its workflow, or at once if it only stood in the queue."""
        self.changed[run.id] = run
        self.log(run, "leave", reason, **detail)
        if run.status == "queued":
            run.status, run.ended_reason, run.ended_at = "ended", reason, self.now
            self.log(run, "end", reason)
            self._tell_of_end(run, reason)
            return
        run.status, run.leaving = "leaving", reason
        self.signal(run, "leave", reason=reason)

    def _tell_of_end(self, run: RunRow, reason: str) -> None:
        """Whoever waits for the end of this run hears of it."""
        if questions := questions_in(run.entry):
            told = journey_ended(
                questions, run.id, run.journey, reason, customer=run.customer, depth=run.depth, at=self.now
            )
            self.events.append(told)

    def signal(
        self,
        run: RunRow,
        kind: Literal["heard", "leave", "refreshed"],
        *,
        applied: Applied | None = None,
        listen: str | None = None,
        reason: str | None = None,
    ) -> None:
        """The next command to the run's workflow."""
        self.changed[run.id] = run
        run.last_command += 1
        delivery = Delivery(
            number=run.last_command, kind=kind, listen=listen, event=applied.ref if applied else None, reason=reason
        )
        self.commands.append(NewCommand(run.id, run.journey, run.last_command, delivery))
