"""From an author's text to what runs follow: drafts, checks and immutable versions of journeys."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import orjson
from pydantic import JsonValue

from content.remarks import Located, located
from content.yaml import read_documents, write_ids
from domain.compiler import Compiled, Known, compile_journey, known_with, missing_ids
from domain.document.journey import TAKEN
from domain.errors import Conflict, InvalidDocument, NotFound, Problem
from domain.frozen import Frozen
from domain.program import Program
from runtime.reviewing import review
from runtime.template_needs import unmet_needs
from store.access import audit, named_secrets
from store.database import Transaction
from store.journey import catalog, journeys
from store.journey.journeys import StoredJourney, StoredVersion
from store.journey.templates import live_names
from store.permission.topics import list_topics

MAX_SOURCE = 262_144
"""Characters of a journey's or template's text."""


class Draft(Frozen):
    """A text that was looked at. Without `problems` it could be published now.

    `document` and `source` are the journey with an id at every step; null and as given when it has problems. Lines are
    those of `source`.
    """

    journey: str
    problems: tuple[Located, ...] = ()
    warnings: tuple[Located, ...] = ()
    document: dict[str, JsonValue] | None = None
    source: str


class Published(Frozen):
    """The version that new entrants take from now on; with `shadow` it runs beside the live one and hands nothing over. `changed`
    is false when the live one, or the one in shadow, said the same already."""

    journey: str
    version: int
    changed: bool
    published_at: datetime
    warnings: tuple[Located, ...] = ()
    document: dict[str, JsonValue]
    source: str
    shadow: bool = False


async def known(tx: Transaction, channels: frozenset[str]) -> Known:
    """What a journey may refer to now; `channels` are those with a provider."""
    return Known(
        templates=await live_names(tx),
        topics=frozenset(topic.id for topic in await list_topics(tx)),
        channels=channels,
        journeys=await journeys.live_ids(tx),
        inputs=await journeys.declared_inputs(tx),
        secrets=await named_secrets.names(tx),
    )


async def check(tx: Transaction, journey: str, source: str, *, channels: frozenset[str]) -> Draft:
    """Looks at a text and keeps nothing. Raises InvalidDocument when it cannot even be read as this journey."""
    document = read_one(journey, source)
    try:
        compiled = await compile_document(tx, document, channels)
    except InvalidDocument as error:
        return Draft(journey=journey, problems=located(source, error.problems), source=source)
    complete = write_ids(source, [compiled])
    return Draft(
        journey=journey,
        warnings=await review(tx, compiled, complete),
        document=compiled.document,
        source=complete,
    )


async def save_draft(tx: Transaction, journey: str, source: str, *, channels: frozenset[str], actor: str) -> Draft:
    """Keeps the text as the journey's draft, with its problems: they only matter once it is published.

    Before the first publication step ids are written into it. Later ones must be the author's, so that none changes its
    meaning: the answer proposes them.
    """
    draft = await check(tx, journey, source, channels=channels)
    stored = await journeys.find(tx, journey, lock=True)
    is_new = stored is None or stored.live_version is None
    title = (draft.document or read_one(journey, source)).get("title")
    kept = draft.source if is_new else source
    await journeys.save_draft(tx, journey, title if isinstance(title, str) else "", kept)
    await audit.record(tx, actor, "journey.draft", journey, {"problems": len(draft.problems)})
    return draft


async def publish(
    tx: Transaction,
    journey: str,
    *,
    channels: frozenset[str],
    actor: str,
    beside: Sequence[dict[str, JsonValue]] = (),
) -> Published:
    """Makes the draft the live version; the same program twice is one version. One that ran in shadow becomes live as it is;
    otherwise a shadow ends. `beside` are documents that are published in the same transaction.

    Raises NotFound, Conflict when there is no draft, and InvalidDocument with everything that is wrong.
    """
    stored = await journeys.find(tx, journey, lock=True)
    if stored is None:
        raise NotFound(f"There is no journey {journey}. Store a draft first: PUT /v1/journeys/{journey}.")
    live = None if stored.live_version is None else await journeys.version(tx, journey, stored.live_version)
    source = source_of(stored, live)
    document = read_one(journey, source)
    compiled = await compile_document(tx, document, channels, beside)
    checksum = checksum_of(compiled.program)
    if live and live.checksum == checksum:
        if stored.draft is not None or stored.status != "live":
            await journeys.revive(tx, journey)
            await catalog.bump(tx)
        return await _published(tx, journey, live.version, False, live.published_at, compiled, live.source)
    if live and (nameless := missing_ids(document)):
        raise InvalidDocument(nameless)
    shadow = None if stored.shadow_version is None else await journeys.version(tx, journey, stored.shadow_version)
    if shadow and shadow.checksum == checksum:
        await journeys.make_live(tx, Program.model_validate(shadow.program))
        await audit.record(tx, actor, "journey.publish", journey, {"version": shadow.version, "was": "shadow"})
        await catalog.bump(tx)
        return await _published(tx, journey, shadow.version, True, shadow.published_at, compiled, shadow.source)
    program = compiled.program.model_copy(update={"version": (await newest_version(tx, journey)) + 1})
    source = write_ids(source, [compiled])
    version = await journeys.add_version(tx, program, source=source, checksum=checksum, published_by=actor)
    await audit.record(tx, actor, "journey.publish", journey, {"version": version.version})
    await catalog.bump(tx)
    return await _published(tx, journey, version.version, True, version.published_at, compiled, source)


async def publish_together(
    tx: Transaction, names: Sequence[str], *, channels: frozenset[str], actor: str
) -> list[Published]:
    """Publishes the drafts of several journeys, or none of them: they may name each other. Raises as `publish` does; the path of a
    problem begins with the journey's id."""
    found = {name: await journeys.find(tx, name, lock=True) for name in sorted(set(names))}
    documents = []
    for name, stored in found.items():
        if stored is None:
            raise NotFound(f"There is no journey {name}. Store a draft first: PUT /v1/journeys/{name}.")
        live = None if stored.live_version is None else await journeys.version(tx, name, stored.live_version)
        documents.append(read_one(name, source_of(stored, live)))
    published, problems = [], list[Problem]()
    for name in dict.fromkeys(names):
        try:
            published.append(await publish(tx, name, channels=channels, actor=actor, beside=documents))
        except InvalidDocument as error:
            problems += [one.model_copy(update={"path": f"{name}: {one.path}".rstrip(": ")}) for one in error.problems]
    if problems:
        raise InvalidDocument(problems)
    return published


def source_of(stored: StoredJourney, live: StoredVersion | None) -> str:
    """The text that would be published: the draft, else that of the live version. Raises Conflict when there is neither."""
    source = stored.draft if stored.draft is not None else live.source if live else None
    if source is None:
        raise Conflict(
            f"The journey {stored.journey} has no draft. Store one first: PUT /v1/journeys/{stored.journey}."
        )
    return source


async def archive(tx: Transaction, journey: str, *, actor: str) -> None:
    """Nobody enters any more; runs under way go on. Raises NotFound. Doing it twice is doing it once."""
    stored = await journeys.find(tx, journey, lock=True)
    if stored is None:
        raise NotFound(f"There is no journey {journey}.")
    if stored.status != "archived":
        await journeys.archive(tx, journey)
        await audit.record(tx, actor, "journey.archive", journey)
        await catalog.bump(tx)


def read_one(journey: str, source: str) -> dict[str, JsonValue]:
    """The one document of a text, which must be that of this journey. Raises InvalidDocument."""
    if len(source) > MAX_SOURCE:
        raise InvalidDocument(
            [
                Problem(
                    path="",
                    message=f"the document is longer than {MAX_SOURCE} characters.",
                    remedy="Split the journey.",
                )
            ]
        )
    if journey in TAKEN:
        message = f"`{journey}` is an address of the API, and no id for a journey."
        raise InvalidDocument([Problem(path="journey", message=message, remedy="Give it another one.", code="taken")])
    documents = read_documents(source)
    if len(documents) != 1:
        message = f"there are {len(documents)} documents here; one journey is expected."
        raise InvalidDocument([Problem(path="", message=message, remedy="Send each by itself.")])
    named = documents[0].get("journey")
    if named != journey:
        message = f"the document is that of {named!r}, and not of {journey!r}."
        raise InvalidDocument([Problem(path="journey", message=message, remedy=f"Write `journey: {journey}`.")])
    try:
        orjson.dumps(documents[0])
    except TypeError as error:
        problem = Problem(path="", message=f"a text holds what is not a character: {error}.", remedy="Write it anew.")
        raise InvalidDocument([problem]) from None
    return documents[0]


def checksum_of(program: Program) -> str:
    """The same for programs that do the same, whatever their version number and the layout of their text."""
    canonical = orjson.dumps(program.model_dump(mode="json", exclude={"version"}), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


async def compile_document(
    tx: Transaction,
    document: dict[str, JsonValue],
    channels: frozenset[str],
    beside: Sequence[dict[str, JsonValue]] = (),
) -> Compiled:
    """The document's program, which only names what exists now, or will with the documents `beside` it. Raises InvalidDocument with
    everything that is wrong."""
    compiled = compile_journey(document, known_with(await known(tx, channels), beside))
    if unmet := await unmet_needs(tx, compiled.program):
        raise InvalidDocument(unmet)
    return compiled


async def _published(
    tx: Transaction, journey: str, version: int, changed: bool, at: datetime, compiled: Compiled, source: str
) -> Published:
    return Published(
        journey=journey,
        version=version,
        changed=changed,
        published_at=at,
        warnings=await review(tx, compiled, source),
        document=compiled.document,
        source=source,
    )


async def newest_version(tx: Transaction, journey: str) -> int:
    """The highest number that a version of this journey has; 0 before the first."""
    return max((version.version for version in await journeys.versions(tx, journey)), default=0)
