"""One request being worked on: its transaction, the locked run, and what both the gate and the local commands look up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from pydantic import JsonValue

from activities.resources import Resources
from domain.account import Account
from domain.effects import Reply, Request
from domain.engine.state import Moment, State
from domain.program import Program
from domain.rules.facts import Facts, Needs
from domain.rules.needs import needs as needs_of
from domain.rules.rule import Rule
from store.customer import facts as stored_facts
from store.database import Transaction
from store.run import progress
from store.run.progress import LockedRun
from store.run.rows import Subject


@dataclass
class Desk:
    """`at` is the time of everything done here. `gathered` is what the run has kept, as it will be written. After a change
    of the customer the profile in `run` is old."""

    tx: Transaction
    resources: Resources
    request: Request
    run: LockedRun
    program: Program
    account: Account
    gathered: dict[str, JsonValue] = field(default_factory=dict)
    is_customer_changed: bool = False

    @property
    def at(self) -> datetime:
        return max(self.run.now, self.request.at)

    @property
    def subject(self) -> Subject:
        """Whom and what a decision of this run is about, in the version by which it goes now."""
        run = self.run
        return Subject(customer=run.customer_id, journey=run.journey_id, version=run.version, run=run.id)

    @property
    def moment(self) -> Moment:
        """Now, after the last event applied to the customer: their lock is held, so none comes between."""
        return Moment(at=self.at, position=self.run.position)

    async def facts(self, rules: Iterable[Rule] = (), needs: Needs | None = None) -> Facts:
        """What these rules ask about, as it stands in this transaction (semantics 4)."""
        run = {"id": self.run.id, "entry": self.run.entry, "gathered": self.gathered}
        wanted = needs if needs is not None else needs_of(rules)
        if not wanted.is_more_than_profile and not self.is_customer_changed:
            return stored_facts.of_profile(
                self.run.attributes, self.run.score, run=run, now=self.at, account=self.account
            )
        return await stored_facts.load(
            self.tx, self.run.customer_id, wanted, run=run, now=self.at, account=self.account
        )

    def stored_reply(self) -> Reply | None:
        """The reply that this request was given before; or, where the run has been taken on by another request, its state.

        The same number with another state or command means that the workflow lost what it had been told and went on
        differently: what is written counts (`domain.effects.Reply`).
        """
        request, run = self.request, self.run
        if request.number > run.number or run.reply is None:
            return None
        if request.number == run.number and run.reply["asked"] == digest_of(request):
            return Reply.model_validate(run.reply["reply"])
        state = State.model_validate(run.state)
        is_moved = state.run.version != request.state.run.version
        return Reply(number=run.number, state=state, program=self.program if is_moved else None)


def digest_of(request: Request) -> str:
    """Tells a repeated request from another one with the same number: what is asked for, and in which state."""
    asked = request.state.model_dump_json(exclude_none=True) + request.command.model_dump_json(exclude_none=True)
    return blake2b(asked.encode(), digest_size=16).hexdigest()


async def open_desk(tx: Transaction, resources: Resources, request: Request) -> Desk:
    """Locks the customer and the run and lays out what the request needs."""
    run = await progress.lock(tx, request.state.run.id)
    program = await resources.catalog.program(tx, run.journey_id, run.version)
    account = await resources.catalog.account(tx, revision=run.revision)
    return Desk(tx, resources, request, run, program, account, dict(run.gathered))
