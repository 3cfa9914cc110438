"""Finds everything there is to say about journey files: errors of the compiler, warnings of the checker."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.checking import Checked, Finding, check_files, found_in
from cli.server import Server
from content.folder import folders_of, read_text, template_files
from content.markup import link_names
from content.remarks import allowed_in
from content.templates import compile_template
from content.yaml import read_documents
from domain.account import Account
from domain.check.catalogue import Level
from domain.check.journey import check_journey
from domain.check.links import Links
from domain.check.together import Together, check_together
from domain.compiler import Compiled, Known, compile_journey
from domain.errors import InvalidDocument, Problem
from domain.program import Program, WaitFor


class Found(Finding):
    """A finding with its level. `journey` is empty for what belongs to no single one."""

    level: Level
    journey: str = ""


@dataclass(frozen=True)
class Report:
    """Everything that was found, in the order of files and lines. `together` None: it was not asked for."""

    found: tuple[Found, ...]
    journeys: tuple[str, ...]
    together: Together | None = None

    def count(self, level: Level) -> int:
        return sum(one.level == level for one in self.found)


def gather(files: Sequence[Path], server: Server | None, *, together: bool = False) -> Report:
    """Checks the files against what lies beside them and, if there is one, what the server knows."""
    account = Account.model_validate(server.get("/v1/account")) if server else Account()
    checked = check_files(files, server)
    found: list[Found] = []
    for one in checked:
        found += [Found(**problem.model_dump(), level="error") for problem in one.problems]
        found += _warnings(one, account)
    names = [name for one in checked for name in one.journeys]
    programs = [compiled.program for one in checked for compiled in one.compiled]
    week = None
    if together:
        week = check_together([*programs, *(_live(server, names) if server else ())], account)
        found += [_of_all(problem, checked) for problem in week.warnings]
    return Report(tuple(sorted(found, key=_order)), tuple(names), week)


def _order(one: Found) -> tuple[str, int, int]:
    return one.file, one.line or 0, one.column or 0


def _warnings(checked: Checked, account: Account) -> list[Found]:
    allowed = allowed_in(read_text(checked.file)) if checked.compiled else {}
    links = _links(checked)
    found = []
    for compiled, text in zip(checked.compiled, checked.texts, strict=True):
        for problem in check_journey(compiled, account, links):
            finding = found_in(text, problem)
            if problem.code not in allowed.get(finding.line or 0, ()):
                found.append(Found(**finding.model_dump(), level="warning", journey=text.journey))
    return found


def _links(checked: Checked) -> Links:
    """The links of the templates beside a file, in all their languages. Read only where a journey asks for one."""
    if not any(_asks_for_links(compiled) for compiled in checked.compiled):
        return {}
    names: dict[tuple[str, str], frozenset[str]] = {}
    for file in template_files(folders_of([checked.file])):
        try:
            template = compile_template(file.channel, file.name, file.text, locale=file.locale)
        except InvalidDocument:
            continue
        key = (file.channel, file.name)
        names[key] = names.get(key, frozenset()) | link_names(template.html or "")
    return names


def _asks_for_links(compiled: Compiled) -> bool:
    waits = (step for step in compiled.program.steps.values() if isinstance(step, WaitFor))
    return any(listen.link for wait in waits for listen in wait.listens) or any(
        '"link"' in placed.rule.model_dump_json(exclude_none=True) for placed in compiled.rules
    )


def _live(server: Server, here: Sequence[str]) -> list[Program]:
    """The journeys that are live on the server, but for those that are looked at here."""
    known = Known(
        templates=frozenset((one["channel"], one["name"]) for one in server.get("/v1/templates")["items"]),
        topics=frozenset(one["id"] for one in server.get("/v1/topics")["items"]),
    )
    programs = []
    for one in server.get("/v1/journeys")["items"]:
        if one["status"] == "live" and one["journey"] not in here:
            [document] = read_documents(server.get(f"/v1/journeys/{one['journey']}")["source"])
            programs.append(compile_journey(document, known).program)
    return programs


def _of_all(problem: Problem, checked: Sequence[Checked]) -> Found:
    """A finding about all journeys stands at the first file: code hosts want a place for everything."""
    file = str(checked[-1].file)
    return Found(**problem.model_dump(), place=file, file=file, level="warning")
