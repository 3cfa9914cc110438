"""By which keys (`user_id:42`) a customer is known. Whoever changes them holds the customer's row lock."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text

from domain.events import AcceptedEvent
from store.database import Transaction

CUSTOMER = "customer_id"
"""Internal events name their customer by this kind. The table has it for merged customers only: it leads to the survivor."""


Known = tuple[str, UUID, int | None]
"""A key, its customer, and beside the customer's own id the position of the last event applied to them."""

_RESOLVE = text("""
    WITH people AS (
        SELECT customer_id AS id FROM identity
        JOIN unnest(CAST(:kinds AS text[]), CAST(:values AS text[])) AS named (kind, value) USING (kind, value)
        UNION
        SELECT id FROM customer WHERE id = ANY(CAST(:ids AS uuid[])) AND merged_into IS NULL
    )
    SELECT 'customer_id:' || id, id, position FROM people JOIN customer USING (id)
    UNION ALL
    SELECT kind || ':' || value, id, NULL FROM people JOIN identity ON customer_id = id
""")

_ADD = text("""
    INSERT INTO identity (kind, value, customer_id)
    SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:values AS text[]), CAST(:customers AS uuid[])) AS new (kind, value, id)
    ORDER BY kind, value
    ON CONFLICT DO NOTHING
""")


def named_in(event: AcceptedEvent) -> list[str]:
    """Every key under which an event must wait for earlier ones: whom it names, and whom an alias says they were before."""
    return [*event.identities, *previous_keys(event)]


def previous_keys(event: AcceptedEvent) -> list[str]:
    """An alias does not say of which kind its previous id is: it may be a user id or an anonymous one."""
    return [] if event.previous_id is None else [f"user_id:{event.previous_id}", f"anonymous_id:{event.previous_id}"]


def split(key: str) -> tuple[str, str]:
    """`user_id:a:b` is the user_id `a:b`."""
    kind, _, value = key.partition(":")
    return kind, value


async def resolve(tx: Transaction, keys: Collection[str]) -> Sequence[Known]:
    """Every key of every customer whom one of `keys` names, each with `customer_id:UUID` as one of them."""
    pairs = [split(key) for key in keys]
    parameters = {
        "kinds": [kind for kind, _ in pairs],
        "values": [value for _, value in pairs],
        "ids": [customer for kind, value in pairs if kind == CUSTOMER and (customer := _uuid(value))],
    }
    found: Sequence[Known] = (await tx.execute(_RESOLVE, parameters)).all()
    return found


async def add(tx: Transaction, links: Sequence[tuple[str, UUID]]) -> int:
    """Makes each key lead to its customer, and says how many did not lead anywhere before; those that did stay."""
    if not links:
        return 0
    pairs = [split(key) for key, _ in links]
    parameters = {
        "kinds": [kind for kind, _ in pairs],
        "values": [value for _, value in pairs],
        "customers": [customer for _, customer in links],
    }
    return (await tx.execute(_ADD, parameters)).rowcount


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
