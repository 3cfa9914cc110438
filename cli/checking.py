"""Compiling journeys on this machine: against the templates and topics beside them, and those of the server if there is one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.server import Server
from content.folder import JourneyText, folders_of, template_files, texts_of, topics_in
from content.requests import named_in
from content.templates import compile_template
from content.yaml import place_of, read_documents
from domain.compiler import Compiled, Known, compile_journey
from domain.errors import InvalidDocument, Problem


class Finding(Problem):
    """A problem with its place in a file: `journeys/welcome.yaml:12:3`, and the same in parts."""

    place: str
    file: str = ""
    line: int | None = None
    column: int | None = None


@dataclass
class Checked:
    """What was found in one file. `compiled` holds the journeys without problems, `texts` their texts in the same order."""

    file: Path
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    journeys: list[str] = field(default_factory=list)
    compiled: list[Compiled] = field(default_factory=list)
    texts: list[JourneyText] = field(default_factory=list)


def check_files(files: Sequence[Path], server: Server | None) -> list[Checked]:
    """Every journey file and every template beside them."""
    folders = folders_of(files)
    known = known_to(folders, server)
    return [*_templates(folders), *(_journeys(file, known) for file in files)]


def known_to(folders: Sequence[Path], server: Server | None) -> Known:
    """What journeys in these folders may refer to. Without a server both channels count as having a provider."""
    templates = {(template.channel, template.name) for template in template_files(folders)}
    topics = set(topics_in(folders))
    if server:
        templates |= {(one["channel"], one["name"]) for one in server.get("/v1/templates")["items"]}
        topics |= {one["id"] for one in server.get("/v1/topics")["items"]}
    if server:
        return Known(
            frozenset(templates), frozenset(topics)
        )  # which journeys it has, the server says at the publication
    named = named_in(folders)
    return Known(frozenset(templates), frozenset(topics), journeys=named.journeys, inputs=named.inputs)


def _journeys(file: Path, known: Known) -> Checked:
    checked = Checked(file)
    try:
        texts = texts_of(file)
    except InvalidDocument as error:
        checked.problems += [_found(problem, str(file)) for problem in error.problems]
        return checked
    for text in texts:
        _journey(text, known, checked)
    return checked


def _journey(text: JourneyText, known: Known, checked: Checked) -> None:
    checked.journeys.append(text.journey)
    try:
        [document] = read_documents(text.text)
        compiled = compile_journey(document, known)
    except InvalidDocument as error:
        checked.problems += [found_in(text, problem) for problem in error.problems]
    else:
        checked.compiled.append(compiled)
        checked.texts.append(text)
        checked.warnings += [found_in(text, problem) for problem in compiled.warnings]


def _templates(folders: Sequence[Path]) -> list[Checked]:
    """Only those that are wrong: a good template needs no line of its own."""
    wrong = []
    for template in template_files(folders):
        try:
            compile_template(template.channel, template.name, template.text, locale=template.locale)
        except InvalidDocument as error:
            found = [_found(problem, str(template.file)) for problem in error.problems]
            wrong.append(Checked(template.file, problems=found))
    return wrong


def found_in(text: JourneyText, problem: Problem) -> Finding:
    """A problem of a journey, at its line in the file."""
    mark = place_of(problem.path, text.marks)
    place = {"line": mark.line, "column": mark.column} if mark else {}
    return Finding(**problem.model_dump(), place=text.place_of(problem), file=str(text.file), **place)


def _found(problem: Problem, place: str) -> Finding:
    return Finding(**problem.model_dump(), place=place, file=place)
