"""The lab's world: a virtual clock, one customer, their runs, and the events between them. What follows from an event is decided by
the functions of `routing`; what a run does by the engine (`driver.py`).
"""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.account import Account
from domain.approving import Status
from domain.engine.inputs import Heard, Leave, Refreshed
from domain.engine.state import Moment
from domain.entering import rate_of
from domain.events import REACTIONS, AcceptedEvent
from domain.looking_back import Past
from domain.profile import fitted, refusal_event
from domain.rules.facts import Reaction
from lab.coverage import WHOLE, whole_ways
from lab.customer import Customer
from lab.driver import LabRun
from lab.live import Live
from lab.record import Record, Standing
from lab.scenario import Answer
from lab.shelf import Shelf
from routing.batch.applied import Applied, event_id, properties_of
from routing.batch.profile import attributes_after
from routing.match import entering, waking
from routing.match.attempts import attempts
from routing.match.knowing import Knowledge
from routing.match.plan import Plan
from routing.match.waking import Ears
from store.run.rows import NewCommand, Passage, RunRow

LONGEST = 100_000
"""Turns between two things that happen: journeys that start each other for ever are cut off here."""

_HOWS = {str(event): how for how, event in REACTIONS.items()}


class Endless(Exception):
    """The scenario's journeys do not come to rest."""


class World:
    """`answers` are what the outside says, by step. `latest` says when passages were last begun before the clock starts,
    `let_in_at` when runs are known to have been let in by their journey's intake. `covers`: steps and ways that runs take are
    noted. `time_scale` as in a development run."""

    def __init__(
        self,
        live: Live,
        shelf: Shelf,
        customer: Customer,
        *,
        now: datetime,
        answers: dict[str, Answer] | None = None,
        latest: dict[Passage, datetime] | None = None,
        let_in_at: Mapping[UUID, datetime] | None = None,
        covers: bool = False,
        time_scale: float = 1.0,
    ) -> None:
        self.live = live
        self.programs = live.by_name
        self.library = shelf
        self.customer = customer
        self.now = now
        self.answers = answers or {}
        self.covers = covers
        self.time_scale = time_scale
        self.record = Record()
        self.runs: list[LabRun] = []
        self._inbox: deque[tuple[AcceptedEvent, UUID | None]] = deque()
        self._latest = latest if latest is not None else {}
        self._let_in_at = let_in_at or {}
        self.approvals: dict[tuple[UUID, str, int], Status] = {}
        self._turns = 0
        self._moment = Moment(at=now, position=customer.position)

    @property
    def account(self) -> Account:
        return self.customer.account

    @property
    def moment(self) -> Moment:
        """Now, after the last event applied to the customer; the same object while neither moves on."""
        known = self._moment
        if known.at != self.now or known.position != self.customer.position:
            self._moment = Moment(at=self.now, position=self.customer.position)
        return self._moment

    def accept(self, event: AcceptedEvent, known_as: UUID | None = None) -> None:
        """Takes an event; it is applied before any run takes its next turn. `known_as`: the id that it has already."""
        self._inbox.append((event, known_as))

    def settle(self) -> None:
        """Applies what was accepted and lets the runs go on, until all of them rest."""
        while True:
            self._turns += 1
            if self._turns > LONGEST:
                raise Endless
            if self._inbox:
                self._apply(*self._inbox.popleft())
            elif (run := next((run for run in self.runs if not run.rests), None)) is not None:
                run.go_on()
            else:
                break
        waiting = frozenset((run.row.journey, step) for run in self.runs for step in run.waits_at)
        self.record.stand(Standing(self.now, self.customer.attributes, self.customer.score, waiting))

    def advance(self, moment: datetime) -> None:
        """Lets time pass up to `moment`: everything due before it happens, and what falls due at it comes after its events."""
        self._turns = 0
        while (due := self.next_due()) is not None and due < moment:
            self.wake(due)
        self.now = max(self.now, moment)

    def run_out(self) -> None:
        """Lets time pass until nothing is left to fall due."""
        while (due := self.next_due()) is not None:
            self.wake(due)

    def wake(self, due: datetime) -> None:
        """Makes it `due`: the runs whose time is up go on."""
        self.now = max(self.now, due)
        for run in self.runs:
            if run.due is not None and run.due <= self.now:
                run.time_up()
        self._let_in()
        self.settle()

    def next_due(self) -> datetime | None:
        """When something falls due next; None: nothing will."""
        moments = [run.due for run in self.runs if run.due is not None]
        moments += [moment for run in self.runs if (moment := self._may_enter_at(run)) is not None]
        return min(moments, default=None)

    def _may_enter_at(self, run: LabRun) -> datetime | None:
        """When a queued run is let in by its journey's intake (the customer is the only one who enters)."""
        if run.row.status != "queued":
            return None
        if known := self._let_in_at.get(run.row.id):
            return max(self.now, known)
        rate = rate_of(run.program)
        started = [one.started_at for one in self.runs if one.started_at and one.row.journey == run.row.journey]
        if rate is None or len(started) < rate.count:
            return self.now
        return max(self.now, sorted(started)[-rate.count] + rate.per / self.time_scale)

    def _let_in(self) -> None:
        for run in self.runs:
            at = self._may_enter_at(run)
            if at is not None and at <= self.now:
                run.row.status = "running"
                run.start()

    def _apply(self, event: AcceptedEvent, known_as: UUID | None) -> None:
        """One event: it takes its place, changes the profile, and is shown to runs and entries."""
        customer = self.customer
        said = attributes_after(customer.attributes, event, country=self.account.default_country)
        if said is not customer.attributes:
            customer.attributes, refused = fitted(customer.attributes, said, self.account)
            if refused:
                self.accept(refusal_event(event, customer.id, refused, self.account))
        applied = Applied(
            id=known_as or event_id(event),
            position=customer.position + 1,
            customer=customer.id,
            name=event.name,
            properties=properties_of(event),
            timestamp=event.timestamp,
            accepted_at=event.received_at,
            depth=event.depth,
            attributes=customer.attributes,
            score=customer.score,
        )
        past = Past(
            id=applied.id,
            position=applied.position,
            name=applied.name,
            received_at=applied.accepted_at,
            properties=applied.properties,
        )
        customer.happened(past, event.timestamp)
        self.record.events.append((self.now, applied.name))
        if not applied.is_machine:
            self._react(applied)
            if event.type == "internal" or self._may_matter(applied.name):
                self._match(applied)

    def _may_matter(self, name: str) -> bool:
        """Whether a run may hear or end by an event of this name, or somebody enter by it: else there is nothing to match."""
        if name in self.live.endings or name in self.live.triggers.ways:
            return True
        return any(name in listen.events or listen.kind == "rule" for run in self.runs for listen in run.listens)

    def _react(self, applied: Applied) -> None:
        """A reaction belongs to the run whose message it is about."""
        how, run = _HOWS.get(applied.name), applied.properties.get("run_id")
        for one in self.runs:
            if how is not None and str(one.row.id) == run:
                step, link = applied.properties.get("step"), applied.properties.get("link")
                reaction = Reaction(str(step), how, applied.timestamp, link if isinstance(link, str) else None)
                self.customer.reactions.setdefault(one.row.id, []).append(reaction)

    def _match(self, applied: Applied) -> None:
        """Shows the event to living runs, to ended ones that may still convert, and to the ways in."""
        plan = Plan(self.now, self.time_scale)
        living = [run for run in self.runs if run.row.status != "ended"]
        plan.know(run.row for run in living)
        knowledge = Knowledge(self.now, self.account, {applied.customer: self.customer.facts(self.now)})
        knowledge.reactions = self.customer.reactions
        waking.wake(plan, knowledge, self._ears(living, applied), applied)
        entering.enter(plan, knowledge, applied, attempts(self.live.triggers, applied), self._latest)
        for subject, decision in plan.decisions:
            self.record.decide(self.now, subject, decision)
            if self.covers and subject.run is not None and subject.journey is not None:
                ways = whole_ways(self.programs[subject.journey], decision)
                self.record.edges |= {(subject.journey, WHOLE, way) for way in ways}
        for event in plan.events:
            self.accept(event)
        for row in plan.new:
            self.runs.append(LabRun(self, self.programs[row.journey], row))
        runs = {run.row.id: run for run in self.runs}
        for command in plan.commands:
            self._deliver(runs[command.run], command)
        self._let_in()

    def _ears(self, living: Sequence[LabRun], applied: Applied) -> Ears:
        ears = Ears()
        ears.programs = self.live.by_version
        for run in living:
            ears.listens[run.row.id] = run.listens
        ended: list[RunRow] = [
            run.row for run in self.runs if run.row.status == "ended" and run.row.converted_at is None
        ]
        ears.past[applied.customer] = ended
        for letter in self.customer.letters:
            if letter.state != "refused":
                ears.first_sends.setdefault(letter.message.run_id, letter.claimed_at)
        return ears

    def _deliver(self, run: LabRun, command: NewCommand) -> None:
        """As the workflow takes it."""
        match command.delivery:
            case None:
                run.start()
            case delivery if delivery.kind == "leave":
                run.take(Leave(moment=run.inexact, reason=delivery.reason or "stopped"))
            case delivery if delivery.event is not None and delivery.kind == "heard":
                moment = Moment(at=self.now, position=delivery.event.position)
                run.take(Heard(moment=moment, listen=delivery.listen or "", event=delivery.event))
            case delivery if delivery.event is not None:
                moment = Moment(at=self.now, position=delivery.event.position)
                run.take(Refreshed(moment=moment, event=delivery.event))
