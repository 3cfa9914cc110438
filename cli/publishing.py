"""Sending a folder of journeys to the server: topics and templates first, then the journeys that name them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from cli.server import Server
from content.folder import JourneyText, folders_of, template_files, texts_of, topics_in
from content.yaml import read_documents
from domain.compiler import missing_ids
from domain.errors import InvalidDocument, Problem
from domain.frozen import Frozen


class Step(Frozen):
    """One thing that was published. `version` is null for topics; `changed` is false when the server had the same already."""

    kind: Literal["topic", "template", "journey"]
    name: str
    version: int | None = None
    changed: bool = True
    warnings: tuple[Problem, ...] = ()


def publish_files(server: Server, files: Sequence[Path], *, write_ids: bool) -> Iterator[Step]:
    """Publishes, and tells of each thing when it is done. Raises InvalidDocument that names the file.

    A journey that is published for the first time gets its step ids written into the file, so that its next version can
    be told apart step by step (`write_ids`).
    """
    folders = folders_of(files)
    for topic, words in topics_in(folders).items():
        server.put(f"/v1/topics/{topic}", words)
        yield Step(kind="topic", name=topic)
    for template in template_files(folders):
        place = f"{template.channel}/{template.name}" + (f".{template.locale}" if template.locale else "")
        with _told_of(template.file):
            path = f"/v1/templates/{template.channel}/{template.name}"
            answer = server.put(path, template.text, locale=template.locale or None)
        yield Step(kind="template", name=place, version=answer["version"], changed=answer["changed"])
    for file in files:
        yield from _publish_file(server, file, write_ids=write_ids)


def _publish_file(server: Server, file: Path, *, write_ids: bool) -> Iterator[Step]:
    with _told_of(file):
        texts = texts_of(file)
    sources = []
    for text in texts:
        with _told_of(file, text):
            draft = server.put(f"/v1/journeys/{text.journey}", text.text)
            answer = server.post(f"/v1/journeys/{text.journey}/publish")
        sources.append(draft["source"] if _nameless(text.text) else text.text)
        yield Step(
            kind="journey",
            name=text.journey,
            version=answer["version"],
            changed=answer["changed"],
            warnings=tuple(Problem.model_validate(warning) for warning in answer["warnings"]),
        )
    if write_ids and sources != [text.text for text in texts]:
        file.write_text(
            "---\n".join(source if source.endswith("\n") else f"{source}\n" for source in sources), encoding="utf-8"
        )


def _nameless(text: str) -> bool:
    return any(missing_ids(document) for document in read_documents(text))


class _told_of:  # noqa: N801 - reads as the words of a `with`
    """Puts the file's name before every problem that is raised inside."""

    def __init__(self, file: Path, text: JourneyText | None = None) -> None:
        self._file = file
        self._text = text

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InvalidDocument):
            raise InvalidDocument([self._placed(problem) for problem in error.problems]) from None

    def _placed(self, problem: Problem) -> Problem:
        place = self._text.place_of(problem) if self._text else str(self._file)
        return problem.model_copy(update={"path": f"{place}: {problem.path}" if problem.path else place})
