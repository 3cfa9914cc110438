"""The facts that a batch's rules ask about, loaded in at most three statements, and seen from each of its events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.account import Account
from domain.calendar import zone_of
from domain.engine.state import Moment, Run
from domain.rules.facts import Facts, Reaction
from domain.rules.needs import needs
from domain.rules.rule import Rule
from domain.rules.seeing import seen_by
from routing.batch.applied import Applied
from store.run.rows import RunRow


@dataclass(slots=True)
class Questions:
    """Which rules will be asked about whom. Ask first, then load."""

    rules: dict[int, Rule] = field(default_factory=dict)
    customers: set[UUID] = field(default_factory=set)
    runs: set[UUID] = field(default_factory=set)

    def ask(self, customer: UUID, *rules: Rule | None, run: RunRow | None = None) -> None:
        """Notes rules that need more than the event and the customer's attributes."""
        for rule in rules:
            if rule is None:
                continue
            needed = needs([rule])
            if needed.events or needed.reactions or needed.reachable or needed.topics or needed.segments:
                self.rules[id(rule)] = rule
                self.customers.add(customer)
                if run is not None and needed.reactions:
                    self.runs.add(run.id)


@dataclass(slots=True)
class Knowledge:
    """Facts about the customers of a batch."""

    now: datetime
    account: Account
    facts: Mapping[UUID, Facts] = field(default_factory=dict)
    reactions: Mapping[UUID, Sequence[Reaction]] = field(default_factory=dict)

    def at(self, applied: Applied, run: RunRow | None = None) -> Facts:
        """What is known right after the event: later events of the batch have not happened yet."""
        known = self.facts.get(applied.customer) or Facts(now=self.now)
        facts = known._replace(
            attributes=applied.attributes,
            score=applied.score,
            zone=zone_of(applied.attributes, self.account)[0],
            history=[happening for happening in known.history if happening.position <= applied.position],
            arriving=applied.properties,
            event=applied.properties,
        )
        if run is None:
            return facts
        row = {"entry": run.entry, "gathered": run.gathered}
        return seen_by(facts, row, self.reactions.get(run.id, ()))


def as_run(run: RunRow) -> Run:
    """The run as the domain knows it."""
    entered = Moment(at=run.entered_at, position=run.entry_position)
    return Run(id=run.id, customer=run.customer, journey=run.journey, version=run.version, key=run.key, entered=entered)
