"""A folder of journeys on disk: documents, the templates beside them, the topics they name.

`journeys/*.yaml` (also .yml and .json; `topics.yaml`, `*.test.yaml` and `*.model.yaml` are something else), each with one or
more documents; `journeys/templates/<channel>/<name>[.<locale>].<extension>`; `journeys/topics.yaml`, a mapping of ids to
`{title, description, opt_in}`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.yaml import place_of, places, read_documents
from content.yaml_tree import Mark
from domain.errors import InvalidDocument, InvalidInput, NotFound, Problem

TOPICS = "topics.yaml"
_SUFFIXES = (".yaml", ".yml", ".json")
_BETWEEN = re.compile(r"^---[ \t]*(?:#.*)?$\n?", re.MULTILINE)


@dataclass(frozen=True)
class JourneyText:
    """One journey of a file: its id, its own text, and where the things in it stand in the file."""

    file: Path
    journey: str
    text: str
    marks: dict[str, Mark]

    def place_of(self, problem: Problem) -> str:
        """`journeys/welcome.yaml:12:3`, as editors understand it."""
        mark = place_of(problem.path, self.marks)
        return f"{self.file}:{mark.line}:{mark.column}" if mark else str(self.file)


@dataclass(frozen=True)
class TemplateFile:
    """One template; `locale` is empty for the default text."""

    file: Path
    channel: str
    name: str
    locale: str

    @property
    def text(self) -> str:
        return read_text(self.file)


def journey_files(paths: Iterable[Path]) -> list[Path]:
    """The files that are named, and those in the folders that are named, each once. Raises NotFound."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(file for file in path.iterdir() if _is_journey(file))
        elif path.is_file():
            found.append(path)
        else:
            raise NotFound(f"there is no file or folder {path}.")
    if not found:
        raise NotFound(
            f"there is no journey in {', '.join(str(path) for path in paths) or 'nothing'}: no .yaml or .json file."
        )
    return list(dict.fromkeys(found))


def _is_journey(file: Path) -> bool:
    is_other = file.name == TOPICS or ".test." in file.name or ".model." in file.name
    return file.is_file() and file.suffix in _SUFFIXES and not is_other


def texts_of(file: Path) -> list[JourneyText]:
    """The journeys of a file, each with its part of the text. Raises InvalidDocument when it cannot be read."""
    text = read_text(file)
    documents = read_documents(text)
    parts = [text] if len(documents) == 1 else [part for part in _BETWEEN.split(text) if _is_document(part)]
    if len(parts) != len(documents):
        raise InvalidDocument([Problem(path="", message="documents must be parted by lines that read `---`.")])
    return [
        JourneyText(file=file, journey=_name(document, number), text=part, marks=marks)
        for number, (document, part, marks) in enumerate(
            zip(documents, parts, _marks(text, len(parts)), strict=True), 1
        )
    ]


def _is_document(part: str) -> bool:
    """Whether there is more than comments between two lines of `---`; the text as a whole has been read before."""
    try:
        return bool(read_documents(part))
    except InvalidDocument:
        return False


def _marks(text: str, count: int) -> list[dict[str, Mark]]:
    """Where things stand in each document; nowhere when that cannot be told."""
    marks = places(text)
    return marks if len(marks) == count else [{}] * count


def _name(document: object, number: int) -> str:
    name = document.get("journey") if isinstance(document, dict) else None
    if not isinstance(name, str):
        message = f"document {number} of the file does not say which journey it is."
        raise InvalidDocument([Problem(path="journey", message=message, remedy="Begin with `journey: some-id`.")])
    return name


def read_text(file: Path) -> str:
    """The file's text. Raises InvalidInput when it is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from None


def folders_of(files: Sequence[Path]) -> list[Path]:
    """The folders beside whose journeys templates and topics lie."""
    return list(dict.fromkeys(file.parent for file in files))


def template_files(folders: Iterable[Path]) -> Iterator[TemplateFile]:
    """Every template under `templates/<channel>/`."""
    for folder in folders:
        for file in sorted((folder / "templates").glob("*/*")):
            if file.is_file() and not file.name.startswith("."):
                name, _, rest = file.name.partition(".")
                locale = rest.rpartition(".")[0]
                yield TemplateFile(file=file, channel=file.parent.name, name=name, locale=locale)


def topics_in(folders: Iterable[Path]) -> dict[str, dict[str, object]]:
    """The topics of `topics.yaml`, by id. Raises InvalidDocument."""
    topics: dict[str, dict[str, object]] = {}
    for folder in folders:
        file = folder / TOPICS
        documents = read_documents(read_text(file)) if file.is_file() else []
        for document in documents:
            for name, words in document.items():
                if not isinstance(words, dict):
                    remedy = f"Write `{name}: {{title: …}}`."
                    raise InvalidDocument(
                        [Problem(path=f"{TOPICS}: {name}", message="a topic is a mapping.", remedy=remedy)]
                    )
                topics[name] = dict(words)
    return topics
