"""Inbox rows as routing takes them: claimed by slot, read in order, deleted once they are applied."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import text

from store.database import Transaction


class Row(NamedTuple):
    """An accepted event as it stands in the inbox; `body` is a `domain.events.AcceptedEvent` as JSON text."""

    id: int
    slot: int
    identities: list[str]
    body: str


_CLAIM = text("""
    WITH oldest AS MATERIALIZED (
        SELECT slot, id FROM inbox WHERE id <> ALL(:avoid) ORDER BY id LIMIT 500
    ), head AS (
        SELECT slot, min(id) AS id FROM oldest GROUP BY slot
        UNION ALL
        SELECT number, (SELECT id FROM inbox WHERE inbox.slot = number AND id <> ALL(:avoid) ORDER BY id LIMIT 1)
        FROM slot
        WHERE kind = 'route' AND (SELECT count(*) FROM oldest) = 500 AND number NOT IN (SELECT slot FROM oldest)
    )
    SELECT number FROM slot JOIN head ON head.slot = number
    WHERE kind = 'route' AND head.id IS NOT NULL AND (CAST(:wanted AS smallint[]) IS NULL OR number = ANY(:wanted))
    ORDER BY head.id LIMIT :most
    FOR UPDATE OF slot SKIP LOCKED
""")
"""Asking each of 256 slots for its oldest row costs ten times as much as reading what usually waits: that is done only for slots
without a row among the oldest 500."""

_READ = text("""
    SELECT id, slot, identities, CAST(body AS text) AS body FROM inbox
    WHERE slot = ANY(:slots) AND id <> ALL(:avoid) ORDER BY id LIMIT :limit
""")

_READ_SOME = text("""
    SELECT id, slot, identities, CAST(body AS text) AS body FROM inbox
    WHERE id = ANY(:ids) AND slot = ANY(:slots) ORDER BY id
""")

_RELATED = text("""
    SELECT DISTINCT id, slot, identities, '' AS body
    FROM unnest(CAST(:identities AS text[])) AS named (key), inbox
    WHERE identities @> ARRAY[named.key] AND id < :before AND (slot <> ALL(:slots) OR id = ANY(:avoid))
    ORDER BY id
""")

_DELETE = text("DELETE FROM inbox WHERE id = ANY(:ids)")


async def claim_slots(
    tx: Transaction, *, most: int, avoid: Collection[int] = (), wanted: Collection[int] | None = None
) -> list[int]:
    """Locks up to `most` slots that hold rows and that nobody else has, those with the oldest rows first.

    Rows in `avoid` are as good as absent. With `wanted`, only these slots are tried.
    """
    found = await tx.execute(
        _CLAIM, {"most": most, "avoid": list(avoid), "wanted": None if wanted is None else list(wanted)}
    )
    return list(found.scalars())


async def read(tx: Transaction, slots: Collection[int], *, limit: int, avoid: Collection[int] = ()) -> list[Row]:
    """The oldest rows of claimed slots, in order."""
    found = await tx.execute(_READ, {"slots": list(slots), "limit": limit, "avoid": list(avoid)})
    return list(map(Row._make, found))


async def read_some(tx: Transaction, ids: Collection[int], slots: Collection[int]) -> list[Row]:
    """Those of these rows that still exist and lie in these (claimed) slots, in order."""
    found = await tx.execute(_READ_SOME, {"ids": list(ids), "slots": list(slots)})
    return [Row(*row) for row in found]


async def related(
    tx: Transaction,
    identities: Collection[str],
    *,
    before: int,
    slots: Collection[int],
    avoid: Collection[int] = (),
) -> list[Row]:
    """Rows older than `before` that name one of the identities and lie outside `slots`, or are in `avoid`; without bodies."""
    if not identities:
        return []
    found = await tx.execute(
        _RELATED, {"identities": list(identities), "before": before, "slots": list(slots), "avoid": list(avoid)}
    )
    return [Row(*row) for row in found]


async def delete(tx: Transaction, ids: Sequence[int]) -> None:
    """They have been applied."""
    await tx.execute(_DELETE, {"ids": list(ids)})
