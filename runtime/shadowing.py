"""A version in shadow: it runs beside the live one on real traffic, decides everything, and hands nothing over."""

from content.yaml import write_ids
from domain.compiler import missing_ids
from domain.errors import Conflict, InvalidDocument, NotFound
from domain.program import Program
from domain.records import VersionRecord
from runtime.publishing import Published, checksum_of, compile_document, newest_version, read_one
from runtime.reviewing import review
from store.access import audit
from store.database import Transaction
from store.journey import catalog, journeys
from store.journey.journeys import StoredJourney, StoredVersion


async def publish_shadow(tx: Transaction, journey: str, *, channels: frozenset[str], actor: str) -> Published:
    """Runs the draft beside the live version; the draft stays one. The same program twice is one version.

    Raises NotFound, Conflict (no draft, nothing live to run beside, the same as the live one, another one in shadow), and
    InvalidDocument with everything that is wrong.
    """
    stored = await journeys.find(tx, journey, lock=True)
    live = await _live(tx, journey, stored)
    if stored is None or stored.draft is None:
        raise Conflict(
            f"The journey {journey} has no draft. Store one first: PUT /v1/journeys/{journey}.", code="no_draft"
        )
    document = read_one(journey, stored.draft)
    compiled = await compile_document(tx, document, channels)
    checksum = checksum_of(compiled.program)
    if live.checksum == checksum:
        raise Conflict(
            f"The draft of {journey} says the same as version {live.version}, which is live.", code="same_version"
        )
    shadow = await journeys.version(tx, journey, stored.shadow_version) if stored.shadow_version is not None else None
    if shadow is not None and shadow.checksum != checksum:
        raise Conflict(
            f"Version {shadow.version} of {journey} is in shadow already. End it first: sojourn journeys shadow stop {journey}.",
            code="shadow_exists",
        )
    if shadow is None and (nameless := missing_ids(document)):
        raise InvalidDocument(nameless)
    source = shadow.source if shadow is not None else write_ids(stored.draft, [compiled])
    version = shadow or await _begin(tx, compiled.program, source, checksum, actor)
    return Published(
        journey=journey,
        version=version.version,
        changed=shadow is None,
        published_at=version.published_at,
        warnings=await review(tx, compiled, source),
        document=compiled.document,
        source=source,
        shadow=True,
    )


async def _begin(tx: Transaction, program: Program, source: str, checksum: str, actor: str) -> VersionRecord:
    journey, number = program.journey, await newest_version(tx, program.journey) + 1
    numbered = program.model_copy(update={"version": number})
    version = await journeys.insert_version(tx, numbered, source=source, checksum=checksum, published_by=actor)
    await journeys.set_shadow(tx, journey, number)
    await audit.record(tx, actor, "journey.shadow", journey, {"version": number})
    await catalog.bump(tx)
    return version


async def stop_shadow(tx: Transaction, journey: str, *, actor: str) -> int:
    """Nobody enters the shadow any more; its version, which stays known. Its runs are ended by routing.

    Raises NotFound, or Conflict when no version is in shadow.
    """
    stored = await journeys.find(tx, journey, lock=True)
    if stored is None:
        raise unknown(journey)
    if stored.shadow_version is None:
        raise Conflict(f"No version of {journey} is in shadow.", code="no_shadow")
    await journeys.set_shadow(tx, journey, None)
    await audit.record(tx, actor, "journey.shadow_stop", journey, {"version": stored.shadow_version})
    await catalog.bump(tx)
    return stored.shadow_version


def unknown(journey: str) -> NotFound:
    return NotFound(
        f"There is no journey {journey}. `GET /v1/journeys` lists those that exist.", code="unknown_journey"
    )


async def _live(tx: Transaction, journey: str, stored: StoredJourney | None) -> StoredVersion:
    if stored is None:
        raise unknown(journey)
    live = None
    if stored.status == "live" and stored.live_version is not None:
        live = await journeys.version(tx, journey, stored.live_version)
    if live is None:
        raise Conflict(
            f"No version of {journey} is live: there is nothing to run beside. Publish it without shadow.",
            code="not_live",
        )
    return live
