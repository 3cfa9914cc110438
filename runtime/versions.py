"""Versions of a journey: which there are, what is different between two of them, and back to an earlier one."""

from collections.abc import Mapping
from datetime import datetime

from domain.compiler import compile_journey
from domain.diff import Change, difference
from domain.errors import Conflict, InvalidDocument, InvalidInput, NotFound
from domain.frozen import Frozen
from domain.migration.mapping import check_map
from domain.program import Program
from runtime.publishing import Published, known, read_one
from runtime.reviewing import review
from runtime.template_needs import unmet_needs
from store.access import audit
from store.database import Transaction
from store.journey import catalog, journeys
from store.journey.journeys import StoredJourney, StoredVersion
from store.run import moving

DRAFT = "draft"
LIVE = "live"


class VersionInUse(Frozen):
    """A published version, whether new entrants take it, and how many people are under way on it."""

    version: int
    is_live: bool
    people: int
    published_at: datetime
    published_by: str
    checksum: str


class Diff(Frozen):
    """What the second version does otherwise than the first. `people` in a change counts those who stand at its step now, on
    the first version."""

    journey: str
    from_version: int
    to_version: int | None
    changes: tuple[Change, ...]


async def list_versions(tx: Transaction, journey: str) -> list[VersionInUse]:
    """Every published version, newest first. Raises NotFound."""
    stored = await _find(tx, journey)
    heads = await moving.heads(tx, journey)
    return [
        VersionInUse(
            is_live=record.version == stored.live_version and stored.status == "live",
            people=sum(heads.get(record.version, {}).values()),
            **record.model_dump(),
        )
        for record in await journeys.versions(tx, journey)
    ]


async def program_of(tx: Transaction, journey: str, version: int) -> Program:
    """That version's program. Raises NotFound, which lists the versions there are."""
    return Program.model_validate((await _version(tx, journey, version)).program)


async def pair(tx: Transaction, journey: str, source: int, target: int) -> tuple[Program, Program]:
    """The two versions of a migration. Raises NotFound, and InvalidInput when they are the same."""
    if source == target:
        raise InvalidInput(f"from and to are both {source}: there is nothing to migrate.", code="same_version")
    return await program_of(tx, journey, source), await program_of(tx, journey, target)


async def diff(
    tx: Transaction, journey: str, source: str, target: str, channels: frozenset[str], steps: Mapping[str, str]
) -> Diff:
    """Compares two versions: a number, `live` or `draft`. `steps` is the map of a migration.

    Raises NotFound, Conflict, and InvalidDocument for a draft that cannot be compiled or a map that cannot be meant.
    """
    stored = await _find(tx, journey)
    first, second = await _named(tx, stored, source, channels), await _named(tx, stored, target, channels)
    check_map(first, second, steps)
    people = (await moving.heads(tx, journey)).get(first.version, {})
    return Diff(
        journey=journey,
        from_version=first.version,
        to_version=second.version or None,
        changes=difference(first, second, people, steps),
    )


async def roll_back(tx: Transaction, journey: str, to: int, *, channels: frozenset[str], actor: str) -> Published:
    """Publishes a version equal to an earlier one; runs under way keep theirs, and so does the draft.

    Raises NotFound, Conflict when the live version says the same, and InvalidDocument when it refers to what is gone.
    """
    stored = await journeys.find(tx, journey, lock=True)
    if stored is None:
        raise _unknown(journey)
    earlier = await _version(tx, journey, to)
    live = await journeys.version(tx, journey, stored.live_version) if stored.live_version is not None else None
    if live is not None and live.checksum == earlier.checksum and stored.status == "live":
        raise Conflict(
            f"Version {live.version} of {journey}, which is live, is equal to version {to}.", code="same_version"
        )
    compiled = compile_journey(read_one(journey, earlier.source), await known(tx, channels))
    if unmet := await unmet_needs(tx, compiled.program):
        raise InvalidDocument(unmet)
    newest = max(record.version for record in await journeys.versions(tx, journey))
    program = Program.model_validate(earlier.program).model_copy(update={"version": newest + 1})
    made = await journeys.add_version(
        tx, program, source=earlier.source, checksum=earlier.checksum, published_by=actor, keeps_draft=True
    )
    await audit.record(tx, actor, "journey.rollback", journey, {"version": made.version, "equal_to": to})
    await catalog.bump(tx)
    return Published(
        journey=journey,
        version=made.version,
        changed=True,
        published_at=made.published_at,
        warnings=await review(tx, compiled, earlier.source),
        document=compiled.document,
        source=earlier.source,
    )


async def _named(tx: Transaction, stored: StoredJourney, name: str, channels: frozenset[str]) -> Program:
    if name == DRAFT:
        if stored.draft is None:
            raise Conflict(f"The journey {stored.journey} has no draft.", code="no_draft")
        return compile_journey(read_one(stored.journey, stored.draft), await known(tx, channels)).program
    if name == LIVE:
        if stored.live_version is None:
            raise Conflict(f"The journey {stored.journey} is not published yet.", code="not_published")
        return await program_of(tx, stored.journey, stored.live_version)
    if not (name.isascii() and name.isdigit() and 0 < int(name) < 2**31):
        raise InvalidInput(f"{name!r} is no version: write its number, live, or draft.", code="unknown_version")
    return await program_of(tx, stored.journey, int(name))


async def _version(tx: Transaction, journey: str, version: int) -> StoredVersion:
    found = await journeys.version(tx, journey, version)
    if found is None:
        await _find(tx, journey)
        there = ", ".join(str(record.version) for record in reversed(await journeys.versions(tx, journey)))
        has = f"It has {there}." if there else "It is not published yet."
        raise NotFound(f"The journey {journey} has no version {version}. {has}", code="unknown_version")
    return found


async def _find(tx: Transaction, journey: str) -> StoredJourney:
    stored = await journeys.find(tx, journey)
    if stored is None:
        raise _unknown(journey)
    return stored


def _unknown(journey: str) -> NotFound:
    return NotFound(
        f"There is no journey {journey}. `GET /v1/journeys` lists those that exist.", code="unknown_journey"
    )
