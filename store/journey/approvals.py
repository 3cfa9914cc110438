"""Questions to people, and their answers: one row for each time a run asks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from pydantic import JsonValue
from sqlalchemy import text

from domain.approving import Part, Status, Versions
from domain.cursors import Cursor
from domain.frozen import Frozen
from store.database import Transaction


class Approval(Frozen):
    """A question as people see it: of whom, about which content, until when; and the answer. `told_at`: when they were told by
    mail; null where nobody's address is known."""

    id: UUID
    run_id: UUID
    customer_id: UUID
    journey: str
    version: int
    step: str
    visit: int
    to: str
    title: str
    of: tuple[str, ...]
    content: tuple[Part, ...]
    digest: str
    status: Status
    asked_at: datetime
    until: datetime | None
    answered_at: datetime | None
    answered_by: str | None
    note: str
    told_at: datetime | None = None


_COLUMNS = """
    id, run_id, customer_id, journey_id AS journey, version, step, visit, asked_of AS to, title, "of",
    content -> 'parts' AS content, digest, status, asked_at, until, answered_at, answered_by, note, told_at
"""
_ASK = text("""
    INSERT INTO approval (id, run_id, customer_id, journey_id, version, step, visit, asked_of, title, "of", content, digest,
                          status, asked_at, until)
    VALUES (:id, :run, :customer, :journey, :version, :step, :visit, :to, :title, :of, CAST(:content AS jsonb), :digest,
            'open', :at, :until)
    ON CONFLICT DO NOTHING
""")
_RENEW = text("""
    UPDATE approval SET version = :version, "of" = :of, content = CAST(:content AS jsonb), digest = :digest, status = :status,
           asked_at = :at, told_at = NULL, answered_at = NULL, answered_by = NULL
     WHERE id = :id
""")
_ANSWER = text("""
    UPDATE approval SET status = :status, answered_at = :at, answered_by = :by, note = :note WHERE id = :id
""")
_UNTOLD = text(f"""
    WITH next AS (
        SELECT asked_of AS asked FROM approval AS one
        WHERE told_at IS NULL AND status IN ('open', 'lapsed') AND asked_of <> ALL(CAST(:tried AS text[]))
            AND (asked_of LIKE '%@%' OR asked_of = ANY(CAST(:names AS text[])))
            AND EXISTS (SELECT 1 FROM run WHERE run.id = one.run_id AND run.status NOT IN ('ended', 'leaving'))
            AND NOT EXISTS (
                SELECT 1 FROM approval AS told WHERE told.asked_of = one.asked_of AND told.told_at > now() - CAST(:gap AS interval)
            )
        ORDER BY asked_at LIMIT 1
    )
    SELECT {_COLUMNS} FROM approval JOIN next ON asked_of = asked
    WHERE told_at IS NULL AND status IN ('open', 'lapsed') ORDER BY asked_at, id LIMIT :limit FOR UPDATE OF approval SKIP LOCKED
""")
_TOLD = text("UPDATE approval SET told_at = clock_timestamp() WHERE id = ANY(CAST(:ids AS uuid[]))")
_VERSIONS = text("""
    SELECT channel, name, live_version FROM template
      JOIN unnest(CAST(:channels AS text[]), CAST(:names AS text[])) AS asked (channel, name) USING (channel, name)
     WHERE NOT archived
""")


async def ask(tx: Transaction, asked: Approval) -> None:
    """Writes the question down; asked already it stays as it is."""
    await tx.execute(
        _ASK,
        {
            "id": asked.id,
            "run": asked.run_id,
            "customer": asked.customer_id,
            "journey": asked.journey,
            "version": asked.version,
            "step": asked.step,
            "visit": asked.visit,
            "to": asked.to,
            "title": asked.title,
            "of": list(asked.of),
            "content": _json(asked.content),
            "digest": asked.digest,
            "at": asked.asked_at,
            "until": asked.until,
        },
    )


async def find(tx: Transaction, approval: UUID, *, lock: bool = False) -> Approval | None:
    """A question by its id. `lock`: nobody else answers it meanwhile."""
    query = f"SELECT {_COLUMNS} FROM approval WHERE id = :id {'FOR UPDATE' if lock else ''}"
    row = (await tx.execute(text(query), {"id": approval})).mappings().one_or_none()
    return Approval.model_validate(dict(row)) if row else None


async def newest_of(tx: Transaction, run: UUID, asked: Sequence[tuple[str, int]]) -> list[Approval]:
    """What became of these questions (step, visit) of a run."""
    query = text(f"""
        SELECT {_COLUMNS} FROM approval
          JOIN unnest(CAST(:steps AS text[]), CAST(:visits AS integer[])) AS asked (step, visit) USING (step, visit)
         WHERE run_id = :run FOR UPDATE OF approval
    """)
    parameters = {"run": run, "steps": [step for step, _ in asked], "visits": [visit for _, visit in asked]}
    return [Approval.model_validate(dict(row)) for row in (await tx.execute(query, parameters)).mappings()]


async def page(
    tx: Transaction, *, status: Status | None, journey: str | None, after: Cursor | None, limit: int
) -> list[Approval]:
    """Questions, the newest first."""
    query = text(f"""
        SELECT {_COLUMNS} FROM approval
         WHERE (CAST(:status AS text) IS NULL OR status = :status)
           AND (CAST(:journey AS text) IS NULL OR journey_id = :journey)
           AND (CAST(:at AS timestamptz) IS NULL OR (asked_at, id) < (:at, :id))
         ORDER BY asked_at DESC, id DESC LIMIT :limit
    """)
    place = {"at": after.at if after else None, "id": after.id if after else None}
    rows = await tx.execute(query, {"status": status, "journey": journey, "limit": limit, **place})
    return [Approval.model_validate(dict(row)) for row in rows.mappings()]


async def keep_open(tx: Transaction, run: UUID, asked: tuple[str, int], until: datetime | None) -> None:
    """That question (step, visit) of a run can be answered until then."""
    query = text("UPDATE approval SET until = :until WHERE run_id = :run AND step = :step AND visit = :visit")
    await tx.execute(query, {"run": run, "step": asked[0], "visit": asked[1], "until": until})


async def renew(
    tx: Transaction,
    approval: UUID,
    about: tuple[int, Sequence[str]],
    content: Sequence[Part],
    digest: str,
    status: Status,
) -> None:
    """Asks again, about the content as it is now: of these sends of that version."""
    version, of = about
    parameters = {"id": approval, "content": _json(content), "digest": digest, "status": status}
    parameters |= {"version": version, "of": list(of)}
    await tx.execute(_RENEW, {**parameters, "at": await now(tx)})


async def untold(
    tx: Transaction, names: Sequence[str], tried: Sequence[str], *, gap: timedelta, limit: int
) -> list[Approval]:
    """The oldest questions of which one of those who are asked was not told, locked; nobody who was told of any within `gap`, and
    none of those that were `tried`. `names` are those whose addresses are known; an address is its own name."""
    asked = {"names": list(names), "tried": list(tried), "gap": gap, "limit": limit}
    return [Approval.model_validate(dict(row)) for row in (await tx.execute(_UNTOLD, asked)).mappings()]


async def told(tx: Transaction, questions: Sequence[UUID]) -> None:
    """They have been told of these."""
    await tx.execute(_TOLD, {"ids": list(questions)})


async def now(tx: Transaction) -> datetime:
    """The time of the transaction, by the database's clock."""
    at: datetime = (await tx.execute(text("SELECT now()"))).scalar_one()
    return at


async def answer(tx: Transaction, approval: UUID, status: Status, *, at: datetime, by: str, note: str) -> None:
    """Writes the answer down."""
    await tx.execute(_ANSWER, {"id": approval, "status": status, "at": at, "by": by, "note": note})


async def versions(tx: Transaction, templates: Sequence[tuple[str, str]]) -> Versions:
    """The live versions of these templates (channel, name); those that do not exist are left out."""
    channels, names = [channel for channel, _ in templates], [name for _, name in templates]
    rows = await tx.execute(_VERSIONS, {"channels": channels, "names": names})
    return {(channel, name): version for channel, name, version in rows}


def _json(content: Sequence[Part]) -> str:
    parts: list[JsonValue] = [part.model_dump(mode="json") for part in content]
    return orjson.dumps({"parts": parts}).decode()
