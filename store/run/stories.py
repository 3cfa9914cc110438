"""Everything that `domain/explain` needs for a story, read in a handful of bounded queries."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlmodel import col

from domain.calendar import zone_of
from domain.errors import NotFound
from domain.explain import JourneyMaterial, Material, SeenEvent
from domain.explain.story import ZoneOwner
from domain.program import Program
from domain.records import CustomerRecord, DecisionRecord, EventRecord, MessageRecord, RunRecord
from store.customer import customer_rows
from store.database import Transaction
from store.journey import account as accounts
from store.journey import journeys
from store.message import message_rows
from store.run import run_rows
from store.tables.events import Event
from store.tables.runs import Decision, Run

RUNS = 50
MESSAGES = 200
DECISIONS = 2000
EVENTS = 500
CANDIDATES = 20
"""How many events that could have started a journey are looked at, newest first."""

_OWNERS: dict[str, ZoneOwner] = {"customer": "customer", "account": "account"}

_EVENTS = text("""
    SELECT id, name, type, timestamp, received_at, properties, source FROM event
    WHERE customer_id = :customer AND (
        id = ANY(:named)
        OR (name = ANY(:reactions) AND properties ->> 'message_id' = ANY(:messages)))
    ORDER BY timestamp DESC, position DESC LIMIT :limit
""")
_SEEN = text("""
    SELECT name, count(*) AS count, max(timestamp) AS last FROM event
    WHERE customer_id = :customer AND type <> 'internal' GROUP BY name ORDER BY max(timestamp) DESC LIMIT 200
""")
_UNAPPLIED = text("SELECT count(*) FROM inbox WHERE identities && CAST(:identities AS text[])")
_REACTIONS = [
    "Message Delivered",
    "Message Opened",
    "Message Clicked",
    "Message Replied",
    "Message Bounced",
    "Message Complained",
    "Unsubscribed",
]


async def of_customer(tx: Transaction, customer: UUID, journey: str | None = None, *, now: datetime) -> Material:
    """A customer's story, or that of one journey, without what only would have happened in shadow. Raises NotFound for an unknown
    customer or journey."""
    person = await _person(tx, customer)
    asked = await _asked(tx, journey) if journey else None
    runs = await run_rows.page(tx, run_rows.RunFilter(customer=customer, journey=journey, shadow=False), limit=RUNS)
    messages = await message_rows.page(
        tx, message_rows.MessageFilter(customer=customer, journey=journey, shadow=False), limit=MESSAGES
    )
    decisions = await _decisions(tx, customer, journey=journey)
    names = (
        [name for entry in asked.program.entries for name in entry.trigger.events] if asked and asked.program else []
    )
    candidates = await _candidates(tx, customer, names)
    events = await _events(tx, customer, decisions, messages.items)
    known = {event.id: event for event in (*candidates, *events)}
    material = await _material(tx, person, runs.items, decisions, messages.items, known.values(), now)
    is_cut = bool(runs.next_cursor or messages.next_cursor or len(decisions) == DECISIONS)
    return material.model_copy(update={"journey": asked, "is_cut": is_cut})


async def of_run(tx: Transaction, run: UUID, *, now: datetime) -> Material:
    """The story of one run. Raises NotFound."""
    found = await run_rows.find(tx, run)
    if found is None:
        raise NotFound(f"There is no run {run}.")
    person = await _person(tx, found.customer_id)
    messages = await message_rows.page(tx, message_rows.MessageFilter(run=run), limit=MESSAGES)
    decisions = await _decisions(tx, found.customer_id, run=run)
    events = await _events(tx, found.customer_id, decisions, messages.items)
    return await _material(tx, person, [found], decisions, messages.items, events, now)


async def of_message(tx: Transaction, message: UUID, *, now: datetime) -> Material:
    """The story of one message: what led to it, and what came of it. Raises NotFound."""
    found = await message_rows.find(tx, message)
    if found is None:
        raise NotFound(f"There is no message {message}.")
    material = await of_run(tx, found.run_id, now=now)
    return material.model_copy(update={"message": MessageRecord.model_validate(found.model_dump(exclude={"content"}))})


async def _person(tx: Transaction, customer: UUID) -> CustomerRecord:
    person = await customer_rows.find(tx, customer)
    if person is None:
        raise NotFound(f"There is no customer {customer}.")
    return person


async def _asked(tx: Transaction, journey: str) -> JourneyMaterial:
    found = await journeys.find(tx, journey)
    if found is None:
        raise NotFound(f"There is no journey {journey}. `sojourn journeys list` shows those that exist.")
    live = await journeys.version(tx, journey, found.live_version) if found.live_version is not None else None
    first = (await journeys.versions(tx, journey))[-1] if live else None
    return JourneyMaterial(
        journey=journey,
        status=found.status,
        program=Program.model_validate(live.program) if live else None,
        published_at=first.published_at if first else None,
    )


async def _material(
    tx: Transaction,
    person: CustomerRecord,
    runs: Iterable[RunRecord],
    decisions: Iterable[DecisionRecord],
    messages: Iterable[MessageRecord],
    events: Iterable[EventRecord],
    now: datetime,
) -> Material:
    zone, whose = zone_of(person.attributes, await accounts.load(tx))
    identities = [f"{identity.kind}:{identity.value}" for identity in person.identities]
    identities.append(f"customer_id:{person.id}")
    return Material(
        customer=person,
        asked_at=now,
        zone=zone.key,
        zone_of=_OWNERS.get(whose, "default"),
        runs=tuple(sorted(runs, key=lambda run: (run.entered_at, run.id))),
        decisions=tuple(decisions),
        messages=tuple(sorted(messages, key=lambda message: (message.claimed_at, message.id))),
        events=tuple(sorted(events, key=lambda event: event.timestamp)),
        programs=await _programs(tx, decisions),
        seen=tuple(
            SeenEvent.model_validate(dict(row)) for row in (await tx.execute(_SEEN, {"customer": person.id})).mappings()
        ),
        unapplied=(await tx.execute(_UNAPPLIED, {"identities": identities})).scalar_one(),
    )


async def _decisions(
    tx: Transaction, customer: UUID, *, journey: str | None = None, run: UUID | None = None
) -> list[DecisionRecord]:
    """The newest ones, oldest first."""
    query = select(Decision).where(col(Decision.customer_id) == customer)
    if not run:
        shadows = select(col(Run.id)).where(col(Run.customer_id) == customer, col(Run.shadow))
        is_real = or_(col(Decision.run_id).is_(None), col(Decision.run_id).not_in(shadows))
        query = query.where(is_real, ~col(Decision.detail).op("?", is_comparison=True)("shadow"))
    if journey:
        query = query.where(col(Decision.journey_id) == journey)
    if run:
        query = query.where(col(Decision.run_id) == run)
    query = query.order_by(col(Decision.at).desc(), col(Decision.id).desc()).limit(DECISIONS)
    known = [name for name in DecisionRecord.model_fields if name != "journey"]
    found = [
        DecisionRecord(journey=row["journey_id"], **{name: row[name] for name in known})
        for row in (await tx.execute(query)).mappings()
    ]
    return found[::-1]


async def _events(
    tx: Transaction, customer: UUID, decisions: Iterable[DecisionRecord], messages: Iterable[MessageRecord]
) -> list[EventRecord]:
    """Those that decisions name, and reactions to the messages."""
    named = [str(decision.detail["event_id"]) for decision in decisions if decision.detail.get("event_id")]
    of = {"customer": customer, "named": [UUID(event) for event in named], "reactions": _REACTIONS, "limit": EVENTS}
    rows = await tx.execute(_EVENTS, {**of, "messages": [str(message.id) for message in messages]})
    return [EventRecord.model_validate(dict(row)) for row in rows.mappings()]


async def _candidates(tx: Transaction, customer: UUID, names: list[str]) -> list[EventRecord]:
    """The newest events of these names."""
    columns = [col(getattr(Event, name)) for name in EventRecord.model_fields]
    query = select(*columns).where(col(Event.customer_id) == customer, col(Event.name).in_(names))
    rows = await tx.execute(query.order_by(col(Event.timestamp).desc()).limit(CANDIDATES))
    return [EventRecord.model_validate(dict(row)) for row in rows.mappings()]


async def _programs(tx: Transaction, decisions: Iterable[DecisionRecord]) -> tuple[Program, ...]:
    """The versions in which the decisions were made."""
    wanted = {(decision.journey, decision.version) for decision in decisions if decision.journey and decision.version}
    found = [await journeys.version(tx, journey or "", number or 0) for journey, number in sorted(wanted, key=str)]
    return tuple(Program.model_validate(version.program) for version in found if version)
