"""Everything that was recorded about some people, one person at a time and in the order of their ids."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.recorded import (
    RecordedConsent,
    RecordedDecision,
    RecordedEvent,
    RecordedMessage,
    RecordedPerson,
    RecordedRun,
    RecordedSuppression,
)
from store.customer.addresses import ATTRIBUTES, address_of
from store.database import Transaction

T = TypeVar("T")

FETCHED = 5_000
"""Events that are fetched at a time."""

_PEOPLE = text("SELECT id, attributes, score FROM customer WHERE id = ANY(:ids) ORDER BY id")

_EVENTS = text("""
    SELECT customer_id, id, position, name, type, timestamp, received_at, properties, context, source, message_id, depth
      FROM event
     WHERE customer_id = ANY(:ids) AND received_at < :until
       AND (CAST(:names AS text[]) IS NULL OR name = ANY(:names) OR type IN ('identify', 'group')
            OR jsonb_exists_any(context, ARRAY['traits', 'timezone', 'locale']))
     ORDER BY customer_id, position
""")

_CONSENTS = text("""
    SELECT customer_id, at, channel, topic, granted, source FROM consent
     WHERE customer_id = ANY(:ids) AND at < :until ORDER BY at, id
""")

_SUPPRESSIONS = text("""
    SELECT customer_id, at, channel, address, reason FROM suppression
     WHERE at < :until AND (customer_id = ANY(:ids)
        OR (channel, address) IN (SELECT * FROM unnest(CAST(:channels AS text[]), CAST(:addresses AS text[]))))
     ORDER BY at
""")

_MESSAGES = text("""
    SELECT customer_id, run_id AS run, journey_id AS journey, step, visit, channel, purpose, template, state, claimed_at
      FROM message WHERE customer_id = ANY(:ids) AND claimed_at < :until ORDER BY claimed_at, id
""")

_RUNS = text("""
    SELECT customer_id, id, version, key, status, ghost, entered_at, started_at, ended_at, ended_reason, converted_at,
           conversion_value, step, entry, gathered,
           coalesce(CAST(entry ->> 'accepted_at' AS timestamptz), entered_at) AS accepted_at
      FROM run
     WHERE customer_id = ANY(:ids) AND journey_id = :journey AND entered_at < :until AND NOT shadow ORDER BY entered_at, id
""")

_DECISIONS = text("""
    SELECT customer_id, at, run_id AS run, kind, outcome, step, visit, detail FROM decision
     WHERE customer_id = ANY(:ids) AND journey_id = :journey AND kind IN ('gate', 'near_miss') AND NOT detail ? 'shadow'
       AND at >= :since AND at < :until ORDER BY at, id
""")


@dataclass(frozen=True, slots=True)
class Reach:
    """What is read: about this journey, decisions from `since` on, everything before `until`, events of these names (None: all)."""

    journey: str
    since: datetime
    until: datetime
    names: Collection[str] | None
    country: str


async def lives(tx: Transaction, ids: Sequence[UUID], reach: Reach) -> AsyncGenerator[RecordedPerson, None]:
    """These people, those that exist. Only one person's events are in memory at a time, through a cursor on the server.

    Suppressions are those of the addresses that people have today, and those that were written for them.
    """
    asked = {"ids": list(ids), "until": reach.until, "since": reach.since, "journey": reach.journey}
    people = {row["id"]: RecordedPerson(**row) for row in (await tx.execute(_PEOPLE, asked)).mappings()}
    for row in (await tx.execute(_CONSENTS, asked)).mappings():
        people[row["customer_id"]].consents.append(_read(RecordedConsent, row))
    for row in (await tx.execute(_MESSAGES, asked)).mappings():
        people[row["customer_id"]].messages.append(_read(RecordedMessage, row))
    for row in (await tx.execute(_RUNS, asked)).mappings():
        people[row["customer_id"]].runs.append(_read(RecordedRun, row))
    for row in (await tx.execute(_DECISIONS, asked)).mappings():
        people[row["customer_id"]].decisions.append(_read(RecordedDecision, row))
    await _suppress(tx, people, asked, reach.country)
    names = None if reach.names is None else sorted(reach.names)
    begun: RecordedPerson | None = None
    found = await tx.stream(_EVENTS.execution_options(yield_per=FETCHED), asked | {"names": names})
    try:
        async for event in found:
            if begun is None or begun.id != event.customer_id:
                if begun is not None:
                    yield begun
                begun = people.pop(event.customer_id)
            begun.events.append(RecordedEvent(*event[1:]))
    finally:
        await found.close()
    if begun is not None:
        yield begun
    for silent in people.values():
        yield silent


async def _suppress(
    tx: Transaction, people: Mapping[UUID, RecordedPerson], asked: dict[str, Any], country: str
) -> None:
    owners: defaultdict[tuple[str, str], list[RecordedPerson]] = defaultdict(list)
    for person in people.values():
        for channel in ATTRIBUTES:
            address = address_of(channel, person.attributes, country=country)
            if address is not None:
                owners[channel, address].append(person)
    keys = {"channels": [channel for channel, _ in owners], "addresses": [address for _, address in owners]}
    for row in (await tx.execute(_SUPPRESSIONS, asked | keys)).mappings():
        concerned = {person.id: person for person in owners.get((row["channel"], row["address"]), ())}
        if row["customer_id"] in people:
            concerned[row["customer_id"]] = people[row["customer_id"]]
        for person in concerned.values():
            person.suppressions.append(_read(RecordedSuppression, row))


def _read(shape: type[T], row: RowMapping) -> T:
    return shape(**{name: value for name, value in row.items() if name != "customer_id"})
