"""Customers as routing locks, makes and changes them. How operators look them up stands in `customer_rows.py`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from pydantic import JsonValue
from sqlalchemy import text

from store.database import Transaction, array_of


@dataclass(slots=True)
class Person:
    """A customer whose row lock is held, as the events of a batch leave them one after the other."""

    id: UUID
    attributes: dict[str, JsonValue]
    score: float = 0.0
    position: int = 0
    is_new: bool = False
    is_changed: bool = False


_LOCK = text("""
    SELECT id, attributes, score, position FROM customer
    WHERE id = ANY(CAST(:ids AS uuid[])) AND merged_into IS NULL
    ORDER BY id FOR UPDATE
""")

_CREATE = text("""
    INSERT INTO customer (id, attributes, position)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(CAST(:attributes AS text[]) AS jsonb[]), CAST(:positions AS bigint[]))
""")

_MOVE_ON = text("""
    UPDATE customer SET position = new.position
    FROM unnest(CAST(:ids AS uuid[]), CAST(:positions AS bigint[])) AS new (id, position)
    WHERE customer.id = new.id
""")

_CHANGE = text("""
    UPDATE customer SET position = new.position, attributes = new.attributes, updated_at = now()
    FROM unnest(CAST(:ids AS uuid[]), CAST(:positions AS bigint[]), CAST(CAST(:attributes AS text[]) AS jsonb[]))
        AS new (id, position, attributes)
    WHERE customer.id = new.id
""")


async def lock(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Takes these customers' row locks in the order of their ids. Who is gone or merged away is left out."""
    if not ids:
        return {}
    found = await tx.execute(_LOCK, {"ids": array_of(sorted(ids))})
    return {customer: Person(customer, *rest) for customer, *rest in found}


async def save(tx: Transaction, people: Sequence[Person]) -> None:
    """Writes new customers, changed ones, and those who have only moved on to a later position."""
    new = [person for person in people if person.is_new]
    changed = [person for person in people if person.is_changed and not person.is_new]
    moved = [person for person in people if not person.is_changed and not person.is_new]
    if new:
        await tx.execute(_CREATE, _ids_and_positions(new) | _attributes(new))
    if changed:
        await tx.execute(_CHANGE, _ids_and_positions(changed) | _attributes(changed))
    if moved:
        await tx.execute(_MOVE_ON, _ids_and_positions(moved))


def _ids_and_positions(people: Sequence[Person]) -> dict[str, object]:
    return {
        "ids": array_of(person.id for person in people),
        "positions": array_of(person.position for person in people),
    }


def _attributes(people: Sequence[Person]) -> dict[str, object]:
    return {"attributes": [orjson.dumps(person.attributes).decode() for person in people]}
