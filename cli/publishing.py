"""Sending a folder of journeys to the server: topics and templates first, then the journeys that name them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from cli.server import Server
from content.folder import JourneyText, folders_of, template_files, texts_of, topics_in
from content.remarks import Located
from content.yaml import read_documents
from domain.compiler import missing_ids
from domain.errors import InvalidDocument, Problem
from domain.frozen import Frozen


class Step(Frozen):
    """One thing that was published. `version` is null for topics; `changed` is false when the server had the same already, and
    with `shadow` a journey's version only runs beside the live one."""

    kind: Literal["topic", "template", "journey"]
    name: str
    version: int | None = None
    changed: bool = True
    shadow: bool = False
    warnings: tuple[Problem, ...] = ()


def publish_files(server: Server, files: Sequence[Path], *, write_ids: bool, shadow: bool = False) -> Iterator[Step]:
    """Publishes, and tells of each thing when it is done. Raises InvalidDocument that names the file.

    A journey that is published for the first time gets its step ids written into the file, so that its next version can
    be told apart step by step (`write_ids`). In `shadow` topics and templates that the server has stay as they are: the live
    versions use them.
    """
    folders = folders_of(files)
    topics, templates = _in_use(server) if shadow else (set[str](), set[tuple[str, str]]())
    for topic, words in topics_in(folders).items():
        if topic in topics:
            continue
        server.put(f"/v1/topics/{topic}", words)
        yield Step(kind="topic", name=topic)
    for template in template_files(folders):
        if (template.channel, template.name) in templates:
            continue
        place = f"{template.channel}/{template.name}" + (f".{template.locale}" if template.locale else "")
        with _told_of(template.file):
            path = f"/v1/templates/{template.channel}/{template.name}"
            answer = server.put(path, template.text, locale=template.locale or None)
        yield Step(kind="template", name=place, version=answer["version"], changed=answer["changed"])
    for file in files:
        yield from _publish_file(server, file, write_ids=write_ids, shadow=shadow)


def _in_use(server: Server) -> tuple[set[str], set[tuple[str, str]]]:
    """The topics and the templates that the server has."""
    topics = {topic["id"] for topic in server.get("/v1/topics")["items"]}
    return topics, {(one["channel"], one["name"]) for one in server.get("/v1/templates")["items"]}


def _publish_file(server: Server, file: Path, *, write_ids: bool, shadow: bool) -> Iterator[Step]:
    with _told_of(file):
        texts = texts_of(file)
    sources = []
    for text in texts:
        with _told_of(file, text):
            draft = server.put(f"/v1/journeys/{text.journey}", text.text)
            answer = server.post(f"/v1/journeys/{text.journey}/publish", {"shadow": shadow})
        sources.append(draft["source"] if _nameless(text.text) else text.text)
        yield Step(
            kind="journey",
            name=text.journey,
            version=answer["version"],
            changed=answer["changed"],
            shadow=answer["shadow"],
            warnings=tuple(Located.model_validate(warning) for warning in answer["warnings"]),
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
