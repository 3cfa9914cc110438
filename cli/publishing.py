"""Sending a folder of journeys to the server: topics and templates first, then the journeys that name them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from cli.server import Json, Server
from content.folder import JourneyText, folders_of, template_files, texts_of, topics_in
from content.remarks import Located
from content.yaml import read_documents
from domain.compiler import missing_ids
from domain.errors import InvalidDocument, Problem
from domain.frozen import Frozen
from domain.publishing_order import in_order, journeys_named


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
    yield from _publish_journeys(server, _texts(files), write_ids=write_ids, shadow=shadow)


def _in_use(server: Server) -> tuple[set[str], set[tuple[str, str]]]:
    """The topics and the templates that the server has."""
    topics = {topic["id"] for topic in server.get("/v1/topics")["items"]}
    return topics, {(one["channel"], one["name"]) for one in server.get("/v1/templates")["items"]}


def _texts(files: Sequence[Path]) -> dict[str, JourneyText]:
    """The journeys of the files, by id, in their order. Raises InvalidDocument where two say that they are the same."""
    texts: dict[str, JourneyText] = {}
    for file in files:
        with _told_of(file):
            for text in texts_of(file):
                if text.journey in texts:
                    message = f"the journey {text.journey} is in {texts[text.journey].file} already."
                    raise InvalidDocument([Problem(path="", message=message, remedy="Give one of them another id.")])
                texts[text.journey] = text
    return texts


def _publish_journeys(
    server: Server, texts: Mapping[str, JourneyText], *, write_ids: bool, shadow: bool
) -> Iterator[Step]:
    """Those that are started or stopped by others first, and those that name each other in a circle together. A journey in
    shadow names what is live already."""
    needs = {name: journeys_named(read_documents(text.text)[0]) for name, text in texts.items()}
    sources: dict[str, str] = {}
    for group in [(name,) for name in texts] if shadow else in_order(needs):
        for name in group:
            with _told_of(texts[name].file, texts[name]):
                draft = server.put(f"/v1/journeys/{name}", texts[name].text)
            sources[name] = draft["source"] if _nameless(texts[name].text) else texts[name].text
        for answer in _publish(server, [texts[name] for name in group], shadow=shadow):
            yield Step(
                kind="journey",
                name=answer["journey"],
                version=answer["version"],
                changed=answer["changed"],
                shadow=answer["shadow"],
                warnings=tuple(Located.model_validate(warning) for warning in answer["warnings"]),
            )
        if write_ids:
            _write_ids({texts[name].file for name in group}, texts, sources)


def _publish(server: Server, group: Sequence[JourneyText], *, shadow: bool) -> list[Json]:
    if len(group) == 1:
        with _told_of(group[0].file, group[0]):
            return [server.post(f"/v1/journeys/{group[0].journey}/publish", {"shadow": shadow})]
    try:
        published: list[Json] = server.post("/v1/journeys/publish", {"journeys": [one.journey for one in group]})[
            "items"
        ]
    except InvalidDocument as error:
        raise InvalidDocument([_of_one(problem, group) for problem in error.problems]) from None
    return published


def _of_one(problem: Problem, group: Sequence[JourneyText]) -> Problem:
    """A problem of one of several, with the name of its file before it."""
    name, _, path = problem.path.partition(": ")
    text = next((one for one in group if one.journey == name), None)
    own = problem.model_copy(update={"path": path})
    return problem if text is None else _told_of(text.file, text).placed(own)


def _write_ids(files: Iterable[Path], texts: Mapping[str, JourneyText], sources: Mapping[str, str]) -> None:
    """Writes step ids into the files of which every journey is published."""
    for file in files:
        parts = [text for text in texts.values() if text.file == file]
        complete = [sources.get(text.journey) for text in parts]
        if None not in complete and complete != [text.text for text in parts]:
            whole = [source for source in complete if source is not None]
            file.write_text(
                "---\n".join(source if source.endswith("\n") else f"{source}\n" for source in whole), encoding="utf-8"
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
            raise InvalidDocument([self.placed(problem) for problem in error.problems]) from None

    def placed(self, problem: Problem) -> Problem:
        place = self._text.place_of(problem) if self._text else str(self._file)
        return problem.model_copy(update={"path": f"{place}: {problem.path}" if problem.path else place})
