"""One person's recorded life through a draft, on a virtual clock: what would have come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from domain.account import Account
from domain.looking_back import Past
from domain.profile import fitted
from domain.program import Program
from domain.reactions import SOURCE as REACTIONS
from domain.recorded import (
    RecordedConsent,
    RecordedEvent,
    RecordedMessage,
    RecordedPerson,
    RecordedRun,
    RecordedSuppression,
)
from lab.backtest.profile import accepted, attributes_before, change_of, changed_by, score_before
from lab.backtest.standing import standing_run
from lab.customer import Claimed, Customer
from lab.live import Live
from lab.shelf import Shelf
from lab.world import Endless, World
from routing.batch.applied import properties_of
from routing.batch.profile import attributes_after
from store.run.rows import Passage

UNCOUNTED = ("released", "refused", "ghost")
"""States of messages that do not count against caps."""


@dataclass(frozen=True)
class Draft:
    """What is tried, and in which world. `since` and `until` are the window; `topics` say which must be asked for."""

    program: Program
    shelf: Shelf
    account: Account
    topics: Mapping[str, bool]
    since: datetime
    until: datetime
    time_scale: float = 1.0

    @cached_property
    def live(self) -> Live:
        return Live([self.program])


@dataclass
class Replay:
    """What came of one person. `replaced` are their real runs in the window, whose place the draft's take; `reactions` are
    those to messages that the draft had not sent by then: (run, step). `endless`: it was broken off."""

    person: RecordedPerson
    world: World
    replaced: dict[UUID, RecordedRun]
    standing: frozenset[UUID] = frozenset()
    reactions: list[tuple[UUID, str]] = field(default_factory=list)
    endless: bool = False

    @property
    def let_in(self) -> set[UUID]:
        """The real runs of which it is known when the journey's intake has let them in."""
        return {run.id for run in self.replaced.values() if run.started_at is not None}


Happening = RecordedEvent | RecordedConsent | RecordedSuppression | RecordedMessage


class _At(NamedTuple):
    at: datetime
    rank: int
    number: int
    what: Happening


def replay(person: RecordedPerson, draft: Draft) -> Replay:
    """Lets the person's life happen to the draft, up to the end of the window."""
    replaced = {run.id: run for run in person.runs if run.accepted_at >= draft.since}
    earlier = [run for run in person.runs if run.accepted_at < draft.since]
    customer = Customer(
        id=person.id,
        account=draft.account,
        topics=draft.topics,
        attributes=attributes_before(person, draft.account.default_country),
        score=score_before(person),
    )
    latest: dict[Passage, datetime] = {}
    for run in earlier:
        passage = Passage(draft.program.journey, person.id, run.key)
        latest[passage] = max(run.entered_at, latest.get(passage, run.entered_at))
    world = World(
        draft.live,
        draft.shelf,
        customer,
        now=draft.since,
        latest=latest,
        let_in_at={run.id: run.started_at for run in replaced.values() if run.started_at is not None},
        time_scale=draft.time_scale,
    )
    under_way = [run for run in earlier if run.ended_at is None or run.ended_at > draft.since]
    world.runs += [standing_run(world, draft.program, run) for run in under_way]
    played = Replay(person, world, replaced, frozenset(run.id for run in under_way))
    try:
        _Playing(played, draft).play()
    except Endless:
        played.endless = True
    return played


class _Playing:
    def __init__(self, played: Replay, draft: Draft) -> None:
        self.played = played
        self.draft = draft
        self.world = played.world
        self.customer = played.world.customer
        self.own_changes = f"journey {draft.program.journey} v"

    def play(self) -> None:
        """What was before the window is only remembered; what lies in it happens."""
        for one in self._happenings():
            if one.at < self.draft.since:
                self._happen(one, remembered=True)
            else:
                self.world.advance(one.at)
                self._happen(one, remembered=False)
                self.world.settle()
        self.world.advance(self.draft.until)

    def _happenings(self) -> list[_At]:
        """In the order of time. Events keep the order in which they were applied, whatever their times say."""
        person = self.played.person
        found: list[_At] = []
        latest = datetime.min.replace(tzinfo=self.draft.since.tzinfo)
        for event in person.events:
            latest = max(latest, event.received_at)
            found.append(_At(latest, 1, len(found), event))
        said: list[RecordedConsent | RecordedSuppression] = [*person.consents, *person.suppressions]
        for happening in said:
            found.append(_At(happening.at, 0, len(found), happening))
        for message in person.messages:
            if message.run not in self.played.replaced and message.state not in UNCOUNTED:
                found.append(_At(message.claimed_at, 2, len(found), message))
        found.sort(key=lambda one: one[:3])
        return [one for one in found if one.at < self.draft.until]

    def _happen(self, one: _At, *, remembered: bool) -> None:
        match one.what:
            case RecordedEvent() as event:
                self._event(event, remembered=remembered)
            case RecordedConsent() as said:
                if remembered or not said.source.startswith(self.own_changes):
                    self.customer.say(said.channel or said.topic or "", said.granted, at=said.at, source=said.source)
            case RecordedSuppression() as suppressed:
                self.customer.suppress(suppressed.channel, suppressed.reason, suppressed.address)
            case RecordedMessage() as message:
                claimed = Claimed(message.purpose, message.channel, message.template, message.claimed_at)
                self.customer.elsewhere.append(claimed)

    def _event(self, event: RecordedEvent, *, remembered: bool) -> None:
        customer = self.customer
        if not remembered and self._is_replaced(event):
            return
        customer.attributes = changed_by(event, customer.attributes)
        customer.score += change_of(event)
        as_accepted = accepted(event, f"customer_id:{customer.id}")
        if not remembered:
            self.world.accept(as_accepted, event.id)
            return
        account = self.draft.account
        said = attributes_after(customer.attributes, as_accepted, country=account.default_country)
        customer.attributes = fitted(customer.attributes, said, account).attributes
        past = Past(
            id=event.id,
            position=customer.position + 1,
            name=event.name,
            received_at=event.received_at,
            properties=properties_of(as_accepted),
        )
        customer.happened(past, event.timestamp)

    def _is_replaced(self, event: RecordedEvent) -> bool:
        """Whether it belongs to a run whose place the draft's take: what that run did, and reactions to messages that the
        draft has not sent."""
        run = _run_of(event)
        if run is None or run not in self.played.replaced:
            return False
        if event.source != REACTIONS:
            return event.source == "journey"
        step = str(event.properties.get("step"))
        if self._has_sent(run, step, event):
            return False
        self.played.reactions.append((run, step))
        return True

    def _has_sent(self, run: UUID, step: str, event: RecordedEvent) -> bool:
        wanted = (run, step, event.properties.get("template"), event.properties.get("channel"))
        return any(
            (one.message.run_id, one.message.step, one.message.template, one.message.channel) == wanted
            for one in self.customer.letters
            if one.state == "handed_over"
        )


def _run_of(event: RecordedEvent) -> UUID | None:
    """The run that an internal event comes from or is about."""
    if event.type != "internal":
        return None
    by = event.properties.get("by")
    run = by.get("run_id") if isinstance(by, dict) else event.properties.get("run_id")
    try:
        return UUID(run) if isinstance(run, str) else None
    except ValueError:
        return None
