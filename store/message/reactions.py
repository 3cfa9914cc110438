"""What became of a message after the hand-over, and what its recipient did with it.

`record` keeps the ledger, permissions and timeline together in one transaction. Counters count every request; the
timeline gets at most one event per message, link and clock hour for opens and clicks (a reader's mail program may load
the pixel at every look), and one in all for what a provider reports.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import text

from domain.events import EventName
from domain.reactions import BURST, SOURCE, Hit, How, SentMessage, reaction_event, suppression
from store.database import Transaction
from store.event import inbox
from store.permission import suppress, withdraw

# A claim whose answer is still to be written keeps its state, or that answer would be fenced off.
_CHANGES: dict[How, str] = {
    "delivered": "delivered_at = COALESCE(delivered_at, :at),"
    " state = CASE WHEN state IN ('handed_over', 'unknown') THEN 'delivered' ELSE state END",
    "bounced": "state = CASE WHEN state IN ('handed_over', 'unknown', 'delivered') THEN 'bounced' ELSE state END",
    "complained": "state = CASE WHEN state IN ('handed_over', 'unknown', 'delivered', 'bounced')"
    " THEN 'complained' ELSE state END",
}
_HUMAN: dict[How, str] = {
    "opened": "opens = opens + 1, opened_at = COALESCE(opened_at, :at)",
    "clicked": "clicks = clicks + 1, clicked_at = COALESCE(clicked_at, :at)",
}
_MACHINE: dict[How, str] = {
    "opened": "machine_opens = machine_opens + 1",
    "clicked": "machine_clicks = machine_clicks + 1",
}

_RETURNED = "id, customer_id, run_id, journey_id, step, channel, template, topic, address, clock_timestamp() AS now"


_LOCK_CUSTOMER = text(
    """
    SELECT 1 FROM customer WHERE id = (SELECT customer_id FROM message WHERE id = :id) FOR NO KEY UPDATE
    """
)
"""Before the message's row: a merge moves what stands when it holds this lock, and would leave behind what comes later."""


async def record(
    tx: Transaction,
    message_id: UUID,
    how: How,
    *,
    at: datetime,
    link: str | None = None,
    machine: bool = False,
    topic_only: bool = False,
    proof: Mapping[str, JsonValue] | None = None,
) -> bool:
    """Writes a reaction; False if there is no such message, or none was ever handed over (a ghost).

    A bounce whose `proof` has `permanent: true`, and any complaint, suppress the address. `unsubscribed` withdraws consent to
    the channel, with `topic_only` to the message's topic; it holds for every claim after the commit. Call
    `inbox.notify` after that.
    """
    await tx.execute(_LOCK_CUSTOMER, {"id": message_id})
    changes = (_MACHINE if machine else _HUMAN).get(how) or _CHANGES.get(how) or "state = state"
    statement = text(f"UPDATE message SET {changes} WHERE id = :id AND state <> 'ghost' RETURNING {_RETURNED}")
    row = (await tx.execute(statement, {"id": message_id, "at": at})).mappings().one_or_none()
    if row is None:
        return False
    topic = row["topic"] if topic_only else None
    proof = proof or {}
    if how == "unsubscribed":
        about: dict[str, Any] = {"topic": topic} if topic else {"channel": row["channel"]}
        proven = {**proof, "message_id": str(message_id)}
        await withdraw(tx, row["customer_id"], **about, source="recipient", at=at, proof=proven)
    if reason := suppression(how, is_permanent=proof.get("permanent") is True):
        await suppress(
            tx, row["channel"], row["address"], reason=reason, at=at, source=SOURCE, customer_id=row["customer_id"]
        )
    message = SentMessage(**{name: row[name] for name in SentMessage._fields})
    event = reaction_event(message, how, at=at, received_at=row["now"], link=link, machine=machine, topic=topic)
    await inbox.accept(tx, [event])
    return True


_CIRCUMSTANCES = text(
    """
    SELECT m.handed_over_at, coalesce(r.time_scale, 1) AS time_scale, count(DISTINCT c.link) AS links, max(c.at) AS last
      FROM message m
      LEFT JOIN run r ON r.id = m.run_id
      LEFT JOIN LATERAL (
            SELECT body -> 'properties' ->> 'link' AS link, received_at AS at FROM inbox
             WHERE identities && ARRAY['customer_id:' || m.customer_id] AND name = :name AND received_at > :since
               AND body -> 'properties' ->> 'message_id' = CAST(m.id AS text)
            UNION ALL
            SELECT properties ->> 'link', received_at FROM event
             WHERE customer_id = m.customer_id AND name = :name AND timestamp > :since AND received_at > :since
               AND properties ->> 'message_id' = CAST(m.id AS text)
           ) c ON c.link IS DISTINCT FROM :link
     WHERE m.id = :id
     GROUP BY m.id, r.time_scale
    """
)


async def circumstances(
    tx: Transaction,
    message_id: UUID,
    how: Literal["opened", "clicked"],
    *,
    method: str,
    user_agent: str,
    link: str | None,
    at: datetime,
) -> Hit | None:
    """What `domain.reactions.is_machine` wants to know about a request for a pixel or a link; None: no such message."""
    parameters = {"id": message_id, "name": EventName.MESSAGE_CLICKED.value, "since": at - BURST, "link": link}
    row = (await tx.execute(_CIRCUMSTANCES, parameters)).mappings().one_or_none()
    if row is None:
        return None
    handed_over, last = row["handed_over_at"], row["last"]
    return Hit(
        how=how,
        method=method,
        user_agent=user_agent,
        after=_times(at - handed_over, row["time_scale"]) if handed_over else None,
        links_before=row["links"],
        last_link=_times(at - last, row["time_scale"]) if last else None,
    )


def _times(span: timedelta, scale: float) -> timedelta:
    """The span in the run's time: a day may be a second in development."""
    try:
        return span * scale
    except OverflowError:
        return timedelta.max
