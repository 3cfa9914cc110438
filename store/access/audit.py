"""Who changed what: written in the transaction of the change, never altered."""

from collections.abc import Mapping
from datetime import datetime

import orjson
from pydantic import JsonValue
from sqlalchemy import text

from domain.frozen import Frozen
from domain.ids import new_id
from store.database import Transaction


class Change(Frozen):
    """One line of the audit: `actor` did `action` (such as `journey.publish`) to `subject`."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, JsonValue]


async def record(
    tx: Transaction, actor: str, action: str, subject: str, detail: Mapping[str, JsonValue] | None = None
) -> None:
    """Notes a change in the transaction that makes it. No secrets and no personal data in `detail`."""
    await tx.execute(
        text(
            "INSERT INTO audit (id, actor, action, subject, detail) "
            "VALUES (:id, :actor, :action, :subject, CAST(:detail AS jsonb))"
        ),
        {
            "id": new_id(),
            "actor": actor,
            "action": action,
            "subject": subject,
            "detail": orjson.dumps(dict(detail or {})).decode(),
        },
    )


async def recent(tx: Transaction, limit: int = 100) -> list[Change]:
    """The last changes, the newest first."""
    found = await tx.execute(
        text("SELECT at, actor, action, subject, detail FROM audit ORDER BY at DESC, id DESC LIMIT :limit"),
        {"limit": limit},
    )
    return [Change(**row) for row in found.mappings()]
