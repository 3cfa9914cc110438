"""One made-up customer from beginning to end. Everybody has dice of their own, so a customer is the same whoever else there is."""

import random  # noqa: TID251 - what is made up is drawn, with a seed
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from heapq import heappop, heappush
from uuid import UUID, uuid5

from pydantic import JsonValue

from domain.account import Account
from domain.calendar import parse_instant, zone_of
from domain.events import AcceptedEvent, EventName
from domain.program import Program
from domain.reactions import How, reaction_event, suppression
from domain.rules.evaluate import evaluate
from lab.customer import Customer, Letter
from lab.live import Live
from lab.shelf import Shelf
from lab.simulate.model import Happening, Model, Reaction
from lab.simulate.values import Drawn, draw, drawn_span
from lab.world import Endless, World
from routing.batch.profile import attributes_after

_PEOPLE = UUID("8d7e6c1a-3a0f-5f55-9c53-2b8c2c6a9d11")
MOST = 10_000
"""Events of one line of the model that a customer has at most: a slip in a rate does not fill the memory."""

_HOWS: dict[str, How] = {
    "open": "opened",
    "click": "clicked",
    "reply": "replied",
    "unsubscribe": "unsubscribed",
    "complain": "complained",
    "bounce": "bounced",
}


@dataclass(frozen=True)
class Setting:
    """What is the same for all customers of a simulation."""

    program: Program
    shelf: Shelf
    topics: Mapping[str, bool]
    model: Model
    seed: str
    days: int

    @property
    def account(self) -> Account:
        return self.model.account

    @cached_property
    def start(self) -> datetime:
        start = parse_instant(self.model.start, zone_of({}, self.account)[0])
        if start is None:
            raise AssertionError(f"{self.model.start} was checked when it was read")
        return start

    @cached_property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)

    @cached_property
    def live(self) -> Live:
        return Live([self.program])


@dataclass
class Life:
    """A customer's life. `endless`: it was broken off, because the journey starts itself for ever."""

    world: World
    endless: bool = False


def live(number: int, setting: Setting) -> Life:
    """The life of the customer with this number, up to the end of the simulation."""
    living = _Living(number, setting)
    try:
        living.run()
    except Endless:
        return Life(living.world, endless=True)
    return Life(living.world)


_Planned = tuple[datetime, int, "Happening | tuple[Letter, str, Reaction]", dict[str, JsonValue]]


class _Living:
    def __init__(self, number: int, setting: Setting) -> None:
        self.number = number
        self.setting = setting
        self.model = setting.model
        self.dice = random.Random(f"{setting.seed}/{number}")
        self.world = World(setting.live, setting.shelf, self._customer(), now=setting.start)
        self.plan: list[_Planned] = []
        self.planned = self.letters = self.heard = 0
        self.happened: dict[int, int] = {}

    def run(self) -> None:
        """Lets time pass: what falls due, then what happens at the same moment or later, until the end."""
        for place, one in enumerate(self.model.events):
            self._plan_from_start(place, one)
        while True:
            due = self.world.next_due()
            at = self.plan[0][0] if self.plan else None
            if due is not None and due < self.setting.end and (at is None or due < at):
                self.world.wake(due)
            elif at is not None and at < self.setting.end:
                self.world.advance(at)
                self._happen(*heappop(self.plan))
                self.world.settle()
            else:
                break
            self._follow()
        self.world.advance(self.setting.end)

    def _customer(self) -> Customer:
        made_up: dict[str, JsonValue] = {
            "email": f"customer-{self.number}@example.com",
            "phone": f"+1415555{self.number % 10_000:04d}",
        }
        wanted = self.model.customers
        traits = made_up | draw(wanted.attributes, self.dice, self.number, self.setting.start)
        traits = {name: one for name, one in traits.items() if wanted.attributes.get(name, one) is not None}
        score = draw({"score": wanted.score}, self.dice, self.number, self.setting.start).get("score")
        customer = Customer(
            id=uuid5(_PEOPLE, f"{self.setting.seed}/{self.number}"),
            account=self.setting.account,
            topics=self.setting.topics,
            attributes={},
            score=float(score) if isinstance(score, int | float) else 0.0,
        )
        said = self._event(EventName.IDENTIFIED, "identify", {}, traits, customer, self.setting.start)
        customer.attributes = attributes_after({}, said, country=self.setting.account.default_country)
        for name, consent in wanted.consents.items():
            if self.dice.random() < consent.said:
                granted = self.dice.random() < consent.granted
                customer.say(name, granted, at=self.setting.start, source="model")
        return customer

    def _plan_from_start(self, place: int, one: Happening) -> None:
        if one.at is not None and self.dice.random() < one.chance:
            self._add(self.setting.start + drawn_span(one.at, self.dice), one, {})
        elif one.rate is not None and self.dice.random() < one.chance:
            at = self.setting.start + drawn_span(one.begin, self.dice)
            end = self.setting.end if one.end is None else self.setting.start + drawn_span(one.end, self.dice)
            mean = one.rate.per / one.rate.count
            for _ in range(min(MOST, one.times or MOST)):
                at += mean * self.dice.expovariate(1.0)
                if at >= end:
                    break
                self._add(at, one, {})

    def _add(self, at: datetime, what: "Happening | tuple[Letter, str, Reaction]", told: dict[str, JsonValue]) -> None:
        self.planned += 1
        heappush(self.plan, (at, self.planned, what, told))

    def _happen(
        self, at: datetime, _: int, what: "Happening | tuple[Letter, str, Reaction]", told: dict[str, JsonValue]
    ) -> None:
        if not isinstance(what, Happening):
            self._react(*what)
            return
        if what.rule is not None and not evaluate(what.rule, self.world.customer.facts(self.world.now)).holds:
            return
        if what.consent is not None:
            for name, granted in what.consent.items():
                self.world.customer.say(name, granted, at=self.world.now, source="model")
            return
        properties = draw(what.properties, self.dice, self.number, at) | told
        if what.identify is not None:
            traits = draw(what.identify, self.dice, self.number, at)
            self._accept(EventName.IDENTIFIED, "identify", {}, traits)
        elif what.enter is not None:
            asked: dict[str, JsonValue] = {"journey": what.enter, "inputs": properties, "data": properties}
            self._accept(EventName.ENTRY_REQUESTED, "internal", asked, {})
        else:
            self._accept(what.event or "", "track", properties, {})

    def _accept(self, name: str, kind: str, properties: dict[str, JsonValue], traits: dict[str, JsonValue]) -> None:
        self.world.accept(self._event(name, kind, properties, traits, self.world.customer, self.world.now))

    def _event(
        self,
        name: str,
        kind: str,
        properties: dict[str, JsonValue],
        traits: dict[str, JsonValue],
        customer: Customer,
        at: datetime,
    ) -> AcceptedEvent:
        return AcceptedEvent.model_construct(
            type=kind,  # type: ignore[arg-type]
            name=name,
            identities=(f"customer_id:{customer.id}",),
            message_id=f"{self.number}/{customer.position}",
            source="lab",
            timestamp=at,
            received_at=at,
            properties=properties,
            traits=traits,
            context={},
            applied=kind == "internal",
        )

    def _follow(self) -> None:
        """Plans what follows from events and messages that are new."""
        past = self.world.customer.past
        for event in past[self.heard :]:
            for place, one in enumerate(self.model.events):
                if isinstance(one.after, tuple) and event.name in one.after:
                    self._plan_after(
                        place, one, {name: event.properties[name] for name in one.same if name in event.properties}
                    )
        self.heard = len(past)
        letters = self.world.customer.letters
        for letter in letters[self.letters :]:
            if letter.state == "handed_over":
                self._plan_reactions(letter)
                for place, one in enumerate(self.model.events):
                    if one.after is not None and not isinstance(one.after, tuple) and _is(letter, one.after.sent):
                        self._plan_after(place, one, {})
        self.letters = len(letters)

    def _plan_after(self, place: int, one: Happening, told: dict[str, JsonValue]) -> None:
        times = self.happened.get(place, 0)
        if times < (one.times or MOST) and self.dice.random() < one.chance:
            self.happened[place] = times + 1
            self._add(self.world.now + drawn_span(one.delay, self.dice), one, told)

    def _plan_reactions(self, letter: Letter) -> None:
        found = next((one for one in self.model.reactions if any(_is(letter, name) for name in one.to)), None)
        if found is None or self._plan_one(letter, "bounce", found.bounce, self.world.now) is not None:
            return
        opened = self._plan_one(letter, "open", found.open, self.world.now)
        if opened is not None or found.open is None:
            self._plan_one(letter, "click", found.click, opened or self.world.now)
        for name in ("reply", "unsubscribe", "complain"):
            self._plan_one(letter, name, getattr(found, name), self.world.now)

    def _plan_one(self, letter: Letter, name: str, reaction: Reaction | None, since: datetime) -> datetime | None:
        if reaction is None or self.dice.random() >= reaction.chance:
            return None
        at = since + drawn_span(reaction.delay, self.dice)
        self._add(at, (letter, name, reaction), {})
        return at

    def _react(self, letter: Letter, name: str, reaction: Reaction) -> None:
        how, customer, now = _HOWS[name], self.world.customer, self.world.now
        link = reaction.link.value(self.dice, self.number, now) if isinstance(reaction.link, Drawn) else reaction.link
        link = link if isinstance(link, str) else None
        self.world.accept(reaction_event(letter.message, how, at=now, received_at=now, link=link))
        if how == "unsubscribed":
            customer.say(letter.message.channel, False, at=now, source="recipient")
        if reason := suppression(how, is_permanent=True):
            customer.suppress(letter.message.channel, reason, letter.message.address)


def _is(letter: Letter, name: str) -> bool:
    message = letter.message
    return name == message.step or fnmatchcase(f"{message.channel}/{message.template}", name)
