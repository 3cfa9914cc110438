"""Journeys and their versions, as authors write and publish them. What runs read of them: `store/journey/catalog.py`."""

from collections import defaultdict

from pydantic import JsonValue
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from domain.frozen import Frozen
from domain.program import Program
from domain.records import JourneyRecord, RunStatus, VersionRecord
from store import tallies
from store.database import Transaction
from store.tables.journeys import Journey, JourneyVersion


class StoredJourney(Frozen):
    """A journey's row: `live_version` is the newest published one, `draft` the newest unpublished text."""

    journey: str
    title: str
    status: str
    live_version: int | None
    draft: str | None
    shadow_version: int | None = None


class StoredVersion(VersionRecord):
    """A published version with its text and its compiled program."""

    source: str
    program: dict[str, JsonValue]


async def find(tx: Transaction, journey: str, *, lock: bool = False) -> StoredJourney | None:
    """The journey of that id. `lock` keeps others from changing it until the transaction ends."""
    query = select(Journey).where(col(Journey.id) == journey)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    if row is None:
        return None
    return StoredJourney(
        journey=row["id"],
        title=row["title"],
        status=row["status"],
        live_version=row["live_version"],
        draft=row["draft"],
        shadow_version=row["shadow_version"],
    )


async def save_draft(tx: Transaction, journey: str, title: str, draft: str) -> None:
    """Keeps `draft` as the journey's newest unpublished text; makes the journey when it is new."""
    statement = insert(Journey).values(id=journey, title=title, draft=draft)
    changes = {"draft": draft, "updated_at": func.now()}
    await tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes))


async def add_version(
    tx: Transaction, program: Program, *, source: str, checksum: str, published_by: str, keeps_draft: bool = False
) -> VersionRecord:
    """Publishes `program` as the version it names: from now on new entrants take it, and no version is in shadow any more. Hold
    the journey's lock.

    The draft has become the version and is dropped; `keeps_draft` where it has not.
    """
    added = await insert_version(tx, program, source=source, checksum=checksum, published_by=published_by)
    await make_live(tx, program, keeps_draft=keeps_draft)
    return added


async def make_live(tx: Transaction, program: Program, *, keeps_draft: bool = False) -> None:
    """New entrants take this version, which exists, and no version is in shadow any more."""
    changes = {"title": program.title, "status": "live", "live_version": program.version, "shadow_version": None}
    await tx.execute(
        update(Journey)
        .where(col(Journey.id) == program.journey)
        .values(**changes, updated_at=func.now(), **({} if keeps_draft else {"draft": None}))
    )


async def insert_version(
    tx: Transaction, program: Program, *, source: str, checksum: str, published_by: str
) -> VersionRecord:
    """Keeps `program` as the version it names. Nobody enters it yet."""
    version = insert(JourneyVersion).values(
        journey_id=program.journey,
        version=program.version,
        source=source,
        program=program.model_dump(mode="json", exclude_none=True),
        checksum=checksum,
        published_by=published_by,
    )
    published_at = (await tx.execute(version.returning(col(JourneyVersion.published_at)))).scalar_one()
    return VersionRecord(
        version=program.version, published_at=published_at, published_by=published_by, checksum=checksum
    )


async def revive(tx: Transaction, journey: str) -> None:
    """Makes an archived journey live again with the version it had, and drops the draft that said the same."""
    await tx.execute(
        update(Journey).where(col(Journey.id) == journey).values(status="live", draft=None, updated_at=func.now())
    )


async def archive(tx: Transaction, journey: str) -> None:
    """Nobody enters any more, and no version is in shadow; the runs under way go on to their end."""
    changes = {"status": "archived", "shadow_version": None, "updated_at": func.now()}
    await tx.execute(update(Journey).where(col(Journey.id) == journey).values(**changes))


async def set_shadow(tx: Transaction, journey: str, version: int | None) -> None:
    """Which version runs beside the live one; None: none does."""
    changes = {"shadow_version": version, "updated_at": func.now()}
    await tx.execute(update(Journey).where(col(Journey.id) == journey).values(**changes))


async def version(tx: Transaction, journey: str, number: int) -> StoredVersion | None:
    """A published version, or None."""
    query = select(JourneyVersion).where(
        col(JourneyVersion.journey_id) == journey, col(JourneyVersion.version) == number
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    return StoredVersion.model_validate({name: row[name] for name in StoredVersion.model_fields})


async def versions(tx: Transaction, journey: str) -> list[VersionRecord]:
    """All published versions, newest first."""
    query = select(
        col(JourneyVersion.version),
        col(JourneyVersion.published_at),
        col(JourneyVersion.published_by),
        col(JourneyVersion.checksum),
    )
    query = query.where(col(JourneyVersion.journey_id) == journey).order_by(col(JourneyVersion.version).desc())
    return [VersionRecord.model_validate(dict(row)) for row in (await tx.execute(query)).mappings()]


async def records(tx: Transaction, *, archived: bool = False) -> list[JourneyRecord]:
    """Every journey with the number of its runs by status, in the order of their ids."""
    counts = await run_counts(tx)
    query = select(Journey).order_by(col(Journey.id))
    if not archived:
        query = query.where(col(Journey.status) != "archived")
    return [
        JourneyRecord(
            journey=row["id"],
            title=row["title"],
            status=row["status"],
            live_version=row["live_version"],
            shadow_version=row["shadow_version"],
            has_draft=row["draft"] is not None,
            runs=counts.get(row["id"], {}),
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )
        for row in (await tx.execute(query)).mappings()
    ]


async def run_counts(tx: Transaction, journey: str | None = None) -> dict[str, dict[RunStatus, int]]:
    """How many runs each journey has, by status and without those in shadow; of one journey when it is named."""
    counts: dict[str, dict[RunStatus, int]] = defaultdict(lambda: defaultdict(int))
    for one in await tallies.runs(tx, journey):
        if not one.shadow:
            counts[one.journey][one.status] += one.runs  # type: ignore[index]
    return {name: dict(by_status) for name, by_status in counts.items()}


async def live_ids(tx: Transaction) -> frozenset[str]:
    """The ids of the journeys that people can enter."""
    query = select(col(Journey.id)).where(col(Journey.status) == "live")
    return frozenset((await tx.execute(query)).scalars())


async def declared_inputs(tx: Transaction) -> dict[str, dict[str, str]]:
    """What those live journeys declare as their inputs that take people in by request."""
    query = text(
        """
        SELECT j.id, coalesce(v.program -> 'inputs', '{}'::jsonb) FROM journey j
          JOIN journey_version v ON v.journey_id = j.id AND v.version = j.live_version
         WHERE j.status = 'live' AND v.program -> 'entries' @> '[{"manual": true}]'
        """
    )
    return {journey: inputs for journey, inputs in await tx.execute(query)}  # noqa: C416  rows are not pairs


async def live_programs(tx: Transaction) -> list[Program]:
    """The live version of every live journey."""
    query = (
        select(col(JourneyVersion.program))
        .join(Journey, col(Journey.id) == col(JourneyVersion.journey_id))
        .where(col(Journey.status) == "live", col(Journey.live_version) == col(JourneyVersion.version))
    )
    return [Program.model_validate(program) for program in (await tx.execute(query)).scalars()]
