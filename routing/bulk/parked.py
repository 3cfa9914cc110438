"""Trying a parked run again on an operator's terms: what has become stale meanwhile is not sent."""

from collections.abc import Sequence
from uuid import UUID

from domain.calendar import zone_of
from domain.durations import parse_duration
from domain.errors import Conflict
from domain.parking import Advice, Terms, advise
from domain.rules.facts import Needs
from routing.bulk.action import Parameters
from store.customer import facts as stored_facts
from store.database import Transaction
from store.journey.catalog import Catalog
from store.operation import parked

UNSETTLED = Advice(
    verdict="leave",
    note="Nobody can say whether its message was taken. Resolve the message; the run then goes on by itself.",
)


def terms_of(parameters: Parameters) -> Terms:
    """The terms as they stand in an operation's parameters."""
    span = parameters.get("stale_after")
    stale_after = parse_duration(span) if span is not None else None
    match parameters.get("stale"):
        case "skip" | "end" | "retry" as stale:
            return Terms(stale, stale_after)
    return Terms("as_set", stale_after)


async def judge(tx: Transaction, catalog: Catalog, run: UUID, terms: Terms) -> Advice:
    """What is to be done with the run now. Raises Conflict when it is not parked any more."""
    found = await parked.find(tx, run)
    if found is None:
        raise Conflict("The run is not parked any more.", code="not_parked")
    if found.code == "unknown" and found.is_unsettled:
        return UNSETTLED
    program = await catalog.program(tx, found.journey, found.version)
    row = {"id": found.id, "entry": found.entry, "gathered": found.gathered}
    account = await catalog.account(tx)
    facts = await stored_facts.load(tx, found.customer, Needs(), run=row, now=found.now, account=account)
    zone, _ = zone_of(facts.attributes, account)
    return advise(program, found.state, found.parked_at, facts, zone, terms)


async def judge_all(tx: Transaction, catalog: Catalog, runs: Sequence[UUID], terms: Terms) -> list[Advice]:
    """The same for many: what an operation over them would do now."""
    return [await judge(tx, catalog, run, terms) for run in runs]
