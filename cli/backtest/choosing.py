"""Which draft is meant: a file, or a journey of the server with its draft, a version, or what is live."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from content.folder import template_files, texts_of, topics_in
from content.templates import compile_template
from content.yaml import read_documents
from domain.account import Account
from domain.compiler import compile_journey
from domain.compiler.known import Known
from domain.errors import InvalidDocument, InvalidInput, NotFound
from domain.program import Program
from domain.template import CompiledTemplate
from domain.template_locales import canonical
from lab.shelf import Stock
from runtime import publishing
from store.database import Transaction
from store.journey import account as accounts
from store.journey import journeys, templates
from store.permission import list_topics

CHANNELS = frozenset({"email", "sms"})


@dataclass(frozen=True)
class Chosen:
    """A draft with the world it is tried in. `named` is how people call it; `is_file`: its templates may lie beside it."""

    program: Program
    named: str
    checksum: str
    account: Account
    topics: dict[str, bool]
    stock: Stock


async def choose(tx: Transaction, named: str, journey: str | None) -> Chosen:
    """The draft that `named` means. `journey`: which of a file's journeys. Raises NotFound, InvalidDocument and InvalidInput."""
    topics = {topic.id: topic.opt_in for topic in await list_topics(tx)}
    stock = await _stock(tx)
    file = Path(named)
    if file.suffix in (".yaml", ".yml", ".json"):
        topics |= {name: bool(words.get("opt_in", False)) for name, words in topics_in([file.parent]).items()}
        stock.update(_beside(file))
        program = _from_file(file, journey, Known(templates=frozenset(stock), topics=frozenset(topics)))
        told = f"{program.journey} as in {file.name}"
    else:
        program, told = await _from_server(tx, named)
    checksum = publishing.checksum_of(program)
    return Chosen(program, told, checksum, await accounts.load(tx), topics, Stock(stock))


def _from_file(file: Path, journey: str | None, known: Known) -> Program:
    if not file.is_file():
        raise NotFound(f"there is no file {file}.")
    texts = [text for text in texts_of(file) if journey in (None, text.journey)]
    if len(texts) != 1:
        listed = ", ".join(text.journey for text in texts_of(file))
        raise InvalidInput(f"{file} holds {listed}: name one with --journey.")
    [document] = read_documents(texts[0].text)
    try:
        return compile_journey(document, known).program
    except InvalidDocument as error:
        placed = [problem.model_copy(update={"path": texts[0].place_of(problem)}) for problem in error.problems]
        raise InvalidDocument(placed) from None


async def _from_server(tx: Transaction, named: str) -> tuple[Program, str]:
    journey, at, which = named.partition("@")
    stored = await journeys.find(tx, journey)
    if stored is None:
        raise NotFound(f"there is no journey {journey}. `sojourn journeys list` shows those that exist.")
    if which.lower() == "draft":
        if stored.draft is None:
            raise NotFound(f"{journey} has no draft. Name a version ({journey}@{stored.live_version or 1}) or a file.")
        document = publishing.read_one(journey, stored.draft)
        return compile_journey(document, await publishing.known(tx, CHANNELS)).program, f"{journey}, its draft"
    if at and not which.isdigit():
        raise InvalidInput(f"{named!r} names no version: write {journey}@draft or {journey}@3.")
    number = int(which) if at else stored.live_version
    version = await journeys.version(tx, journey, number) if number is not None else None
    if version is None:
        raise NotFound(f"{journey} has no version {number}." if number else f"{journey} was never published.")
    return Program.model_validate(version.program), f"{journey} version {number}"


async def _stock(tx: Transaction) -> dict[tuple[str, str], dict[str, CompiledTemplate]]:
    """Every template of the server in its live version."""
    stock: dict[tuple[str, str], dict[str, CompiledTemplate]] = {}
    for channel, name in sorted(await templates.live_names(tx)):
        stock[channel, name] = {one.locale: one.compiled for one in await templates.show(tx, channel, name)}
    return stock


def _beside(file: Path) -> dict[tuple[str, str], dict[str, CompiledTemplate]]:
    """The templates in the file's folder, which take the place of the server's."""
    stock: defaultdict[tuple[str, str], dict[str, CompiledTemplate]] = defaultdict(dict)
    for one in template_files([file.parent]):
        compiled = compile_template(one.channel, one.name, one.text, locale=one.locale)
        stock[one.channel, one.name][canonical(one.locale)] = compiled
    return dict(stock)
