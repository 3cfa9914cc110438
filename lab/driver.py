"""One run in the lab: feeds the engine and carries out its commands in memory, as workflow and activities do live. It decides
nothing: what a command comes to is worked out by the pure functions of `domain`.
"""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue

from domain.calendar import parse_instant, zone_of
from domain.choosing import choose, rules_of
from domain.decisions import Decision, with_detail
from domain.engine.advance import advance, begun, command_of
from domain.engine.commands import (
    Apply,
    Arm,
    CallWebhook,
    Choose,
    Command,
    Finish,
    Gather,
    NotifyColleagues,
    Resolve,
    SendMessage,
    Settle,
    Sleep,
    Stop,
)
from domain.engine.inputs import Chosen, Done, Heard, Input, Resolved, TimeUp
from domain.engine.standing import finished, status_of
from domain.engine.state import EventRef, Moment, State
from domain.looking_back import every_listen, first_heard, heard_since, listens_of, settled, silence_of, silent_until
from domain.moments import resolve
from domain.others import journey_ended, questions_in
from domain.program import Listen, Program, Send, Wait
from domain.rules.facts import Facts
from domain.rules.seeing import seen_by
from lab import changing, sending
from lab.coverage import edges_taken
from lab.scenario import Answer
from routing.beginning import run_of
from store.run.rows import RunRow, Subject

if TYPE_CHECKING:
    from lab.world import World

Detail = dict[str, JsonValue]
Remote = SendMessage | CallWebhook | NotifyColleagues


class LabRun:
    """`row` is the run as routing sees it; `listens` what it hears there."""

    def __init__(self, world: "World", program: Program, row: RunRow) -> None:
        self.world = world
        self.program = program
        self.row = row
        self.state: State | None = None
        self.command: Command = Sleep()
        self.pending: deque[Input] = deque()
        self.listens: list[Listen] = []
        self.started_at: datetime | None = None
        self._decisions: list[Decision] = []

    def start(self) -> None:
        """The run begins."""
        run = run_of(self.row)
        self.started_at = self.world.now
        self.state, decided = begun(self.program, run)
        self.command = command_of(self.program, self.state)
        self._decisions = list(decided)
        self._walked(None, self.state, self._decisions)

    @property
    def here(self) -> State:
        """The state of a run that has begun."""
        if self.state is None:
            raise AssertionError(f"run {self.row.id} has not begun")
        return self.state

    @property
    def rests(self) -> bool:
        return not self.pending and isinstance(self.command, Sleep | Stop)

    @property
    def due(self) -> datetime | None:
        """When its time is up; None while it does not sleep, or sleeps for ever."""
        return self.command.until if isinstance(self.command, Sleep) and not self.pending else None

    @property
    def waits_at(self) -> list[str]:
        """The steps at which it waits: one for each branch that it goes."""
        lanes = self.state.places if self.state is not None else ()
        return [lane.at for lane in lanes if lane.at is not None and lane.waiting is not None]

    @property
    def inexact(self) -> Moment:
        """Now, as a workflow knows it: without the customer's position."""
        return Moment(at=self.world.now, position=self.here.entered.position, is_exact=False)

    def facts(self) -> Facts:
        """What is known about the customer, as this run sees it."""
        row = {"entry": self.row.entry, "gathered": self.row.gathered}
        return seen_by(
            self.world.customer.facts(self.world.now), row, self.world.customer.reactions.get(self.row.id, ())
        )

    def answer_to(self, step: str) -> Answer | None:
        """What the outside says to this step, if the scenario tells."""
        answers = self.world.answers
        return answers.get(f"{self.row.journey}/{step}") or answers.get(step)

    def take(self, given: Input) -> None:
        """Something was delivered; it is fed to the engine in the run's next turn."""
        self.pending.append(given)

    def time_up(self) -> None:
        self.take(TimeUp(moment=self.inexact))

    def go_on(self) -> None:
        """One turn: takes what was delivered, then carries out the command that follows from it."""
        while self.pending:
            self._feed(self.pending.popleft())
        if isinstance(self.command, SendMessage | CallWebhook | NotifyColleagues):
            self._carry_on(*self._perform_outside(self.command))
        elif not isinstance(self.command, Sleep | Stop):
            self._carry_on()

    def _feed(self, given: Input) -> None:
        before = self.here
        self.state, self.command, decided = advance(self.program, before, given)
        self._walked(before, self.state, decided)
        self._decisions += decided

    def _carry_on(
        self, given: Input | None = None, detail: Detail | None = None, before: Sequence[Decision] = ()
    ) -> None:
        """On from an effect's result as far as only our own database is touched; then the row says so."""
        self._decisions += before
        while True:
            if given is None:
                if isinstance(self.command, Remote | Sleep | Stop):
                    break
                given, detail = self._perform(self.command)
            old = self.here
            self.state, self.command, logged = advance(self.program, old, given)
            self._walked(old, self.state, logged)
            self._decisions += with_detail(logged, detail)
            given, detail = None, None
        self._write()

    def _write(self) -> None:
        row, state, world = self.row, self.here, self.world
        row.status = status_of(state, is_leaving=row.status == "leaving")
        self.listens = list(every_listen(self.program, state).values())
        row.listens = [{"events": listen.events, "kind": listen.kind} for listen in self.listens]
        row.heard = world.customer.position
        if row.status == "ended":
            row.ended_reason, row.ended_at = state.reason, world.now
            if questions := questions_in(row.entry):
                reason = state.reason or "finished"
                world.accept(
                    journey_ended(
                        questions,
                        row.id,
                        row.journey,
                        reason,
                        customer=row.customer,
                        depth=row.depth,
                        at=world.now,
                    )
                )
        subject = Subject(customer=row.customer, journey=row.journey, version=row.version, run=row.id)
        for decision in self._decisions:
            world.record.decide(world.now, subject, decision)
        self._decisions = []

    def _walked(self, before: State | None, after: State, decided: Sequence[Decision]) -> None:
        if not self.world.covers:
            return
        record, plain = self.world.record, self.world.live.plain[self.row.journey]
        if before is None or after.path is not before.path:
            record.steps.update((self.row.journey, step) for step in after.path)
        taken = edges_taken(self.program, plain, before, after, decided)
        record.edges.update((self.row.journey, *edge) for edge in taken)

    def _perform_outside(self, command: Remote) -> tuple[Input, Detail, Sequence[Decision]]:
        if isinstance(command, SendMessage):
            return sending.send(self, command)
        return sending.call(self, command)

    def _perform(self, command: Command) -> tuple[Input, Detail]:
        """A command that touches only our own database."""
        moment, state = self.world.moment, self.here
        match command:
            case Choose():
                choice = choose(rules_of(self.program.steps[command.step]), self.facts())
                return Chosen(moment=moment, case=choice.case), choice.detail
            case Resolve():
                return self._resolve(command.step)
            case Apply():
                return Done(moment=moment), changing.apply(self, command.step)
            case Gather():
                if state.heard is not None:
                    heard = state.heard.id
                    event = next((one for one in self.world.customer.past if one.id == heard), None)
                    self.row.gathered = {**self.row.gathered, command.name: event.properties if event else {}}
                return Done(moment=moment), {"gathered": command.name}
            case Arm():
                found = self._first_heard(state, None)
                return (Heard(moment=moment, listen=found[0], event=found[1]) if found else Done(moment=moment)), {}
            case Settle():
                return self._settle(state, command), {}
            case Finish():
                return finished(command, self.row.leaving, moment), {}
        return Done(moment=moment), {}

    def _resolve(self, name: str) -> tuple[Input, Detail]:
        step = self.program.steps[name]
        if not isinstance(step, Wait | Send):
            raise AssertionError(f"{name} has no moment")
        facts = self.facts()
        zone, _ = zone_of(facts.attributes, self.world.account)
        told_at = parse_instant(self.row.entry.get("accepted_at"), UTC)
        resolution = resolve(step, facts, zone, time_scale=self.row.time_scale, told_at=told_at)
        given = Resolved(moment=self.world.moment, until=resolution.until, is_past=resolution.is_past)
        return given, resolution.why

    def _settle(self, state: State, command: Settle) -> Input:
        moment = self.world.moment
        if state.waiting is None or state.waiting.until is None:
            return Done(moment=moment)
        until = state.waiting.until
        found = self._first_heard(state, until)
        later = None
        listen = silence_of(self.program, state)
        if found is None and command.silence is not None and listen is not None:
            events = [
                one
                for one in self.world.customer.past
                if one.position > state.entered.position and one.name in listen.events
            ]
            later = silent_until(listen, events, self.facts(), state, command.silence)
        return settled(moment, until, found, later)

    def _first_heard(self, state: State, accepted_until: datetime | None) -> tuple[str, EventRef] | None:
        listens = listens_of(self.program, state)
        if not listens:
            return None
        since = heard_since(listens, state)
        names = {name for listen in listens.values() for name in listen.events}
        events = [
            one
            for one in self.world.customer.past
            if since is not None
            and one.position > since
            and one.name in names
            and (accepted_until is None or one.received_at <= accepted_until)
        ]
        return first_heard(listens, events, self.facts(), state, self.world.customer.position)
