"""Everything that happened to a customer in one list: events, messages and decisions, newest first. What only would have happened,
in shadow, is not among it."""

from uuid import UUID

from sqlalchemy import text

from domain.cursors import Cursor
from domain.records import Page, TimelineEntry
from store.database import Transaction

_REAL = "NOT EXISTS (SELECT 1 FROM run WHERE run.id = run_id AND run.shadow)"

_SOURCES = {
    "event": """
        SELECT timestamp AS at, id, 'event' AS kind, name AS title, properties ->> 'journey' AS journey,
               properties ->> 'run_id' AS run_id, properties ->> 'step' AS step,
               jsonb_build_object('type', type, 'source', source, 'received_at', received_at,
                                  'properties', properties) AS detail
        FROM event WHERE customer_id = :customer AND (timestamp, id) < (:at, :id)
        ORDER BY timestamp DESC, id DESC LIMIT :limit""",
    "message": f"""
        SELECT claimed_at AS at, id, 'message' AS kind, channel || '/' || template AS title, journey_id AS journey,
               run_id::text AS run_id, step,
               jsonb_build_object('state', state, 'channel', channel, 'template', template,
                                  'template_version', template_version, 'address', address, 'subject', subject,
                                  'version', version, 'handed_over_at', handed_over_at) AS detail
        FROM message WHERE customer_id = :customer AND {_REAL} AND (claimed_at, id) < (:at, :id)
        ORDER BY claimed_at DESC, id DESC LIMIT :limit""",
    "decision": f"""
        SELECT at, id, 'decision' AS kind, kind || ': ' || outcome AS title, journey_id AS journey,
               run_id::text AS run_id, step,
               jsonb_build_object('version', version, 'visit', visit) || detail AS detail
        FROM decision WHERE customer_id = :customer AND {_REAL} AND NOT detail ? 'shadow' AND (at, id) < (:at, :id)
        ORDER BY at DESC, id DESC LIMIT :limit""",
}
_PAGE = text(
    "SELECT * FROM (" + " UNION ALL ".join(f"({source})" for source in _SOURCES.values()) + ") AS happened"
    " ORDER BY at DESC, id DESC LIMIT :limit"
)


async def page(tx: Transaction, customer: UUID, *, after: Cursor | None = None, limit: int = 50) -> Page[TimelineEntry]:
    """At most `limit` entries, newest first, from behind `after` on. Each of the three sources is read by its index."""
    start = {"at": after.at if after else "infinity", "id": after.id if after else UUID(int=0)}
    rows = await tx.execute(_PAGE, {"customer": customer, "limit": limit + 1, **start})
    entries = [TimelineEntry.model_validate(dict(row)) for row in rows.mappings()]
    last = entries[limit - 1] if len(entries) > limit else None
    return Page(items=tuple(entries[:limit]), next_cursor=last and str(Cursor(at=last.at, id=last.id)))
