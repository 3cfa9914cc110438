"""Test files as text: their scenarios, and where everything in them stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from content.folder import read_text
from content.yaml import marks_of, place_of
from content.yaml_tree import Mark, Node, read_nodes
from domain.compiler.report import Report, join
from domain.document.form import briefly
from domain.errors import InvalidDocument, NotFound, Problem
from lab.scenario import Scenario

SUFFIXES = (".test.yaml", ".test.yml")
MAX_TEXT = 2_000_000


@dataclass(frozen=True)
class Written:
    """A scenario as it stands in its file."""

    file: Path
    scenario: Scenario
    node: Node = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.scenario.scenario

    @property
    def line(self) -> int:
        return self.node.mark.line

    def line_of(self, *keys: str | int) -> int:
        """The line of something in it: `line_of("expect", 2)`."""
        mark = place_of(join("", *keys), marks_of(self.node))
        return mark.line if mark else self.line

    def located(self, problem: Problem) -> Problem:
        """The problem with its place in the file instead of that in the scenario."""
        located = _located(self.file, problem, marks_of(self.node))
        is_whole = located.path == str(self.file)
        return located.model_copy(update={"path": f"{self.file}:{self.line}:1"}) if is_whole else located


def scenario_files(paths: Sequence[Path]) -> list[Path]:
    """The test files that are named, those beside journeys that are named, and all below folders. Raises NotFound."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(file for suffix in SUFFIXES for file in path.rglob(f"*{suffix}"))
        elif not path.is_file():
            raise NotFound(f"there is no file or folder {path}.")
        elif path.name.endswith(SUFFIXES):
            found.append(path)
        else:
            beside = [file for suffix in SUFFIXES if (file := path.with_name(f"{path.stem}{suffix}")).is_file()]
            if not beside:
                raise NotFound(f"there is no test beside {path}: write {path.stem}{SUFFIXES[0]}.")
            found += beside
    if not found:
        listed = ", ".join(str(path) for path in paths)
        raise NotFound(f"there is no test in {listed}: no file *{SUFFIXES[0]}.")
    return list(dict.fromkeys(found))


def read_scenarios(file: Path) -> list[Written]:
    """The scenarios of a file, in their order. Raises InvalidDocument with everything that is wrong, each with its line."""
    text = read_text(file)
    if len(text) > MAX_TEXT:
        raise InvalidDocument([Problem(path=str(file), message=f"the file is longer than {MAX_TEXT} characters.")])
    try:
        nodes = read_nodes(text)
    except InvalidDocument as error:
        raise InvalidDocument([_placed(file, problem) for problem in error.problems]) from None
    items = nodes[0].items if len(nodes) == 1 else None
    if not items:
        message = "a test file is one list of scenarios."
        remedy = "Begin it with `- scenario: what the customer does`."
        raise InvalidDocument([Problem(path=f"{file}:1:1", message=message, remedy=remedy)])
    report = Report()
    read = [(node, report.read(Scenario, node.plain(), f"[{number}]")) for number, node in enumerate(items)]
    _refuse_doubles(report, [scenario for _, scenario in read if scenario is not None])
    if report.problems:
        marks = marks_of(nodes[0])
        slips_first = sorted(report.problems, key=lambda problem: problem.code != "unknown_key")
        raise InvalidDocument([_located(file, problem, marks) for problem in slips_first])
    return [Written(file, scenario, node) for node, scenario in read if scenario is not None]


def _refuse_doubles(report: Report, scenarios: Sequence[Scenario]) -> None:
    seen: set[JsonValue] = set()
    for number, scenario in enumerate(scenarios):
        if scenario.scenario in seen:
            report.refuse(
                f"[{number}].scenario", f"there are two scenarios {briefly(scenario.scenario)}", "Rename one."
            )
        seen.add(scenario.scenario)


def _placed(file: Path, problem: Problem) -> Problem:
    return problem.model_copy(update={"path": f"{file}: {problem.path}"})


def _located(file: Path, problem: Problem, marks: dict[str, Mark]) -> Problem:
    """`journeys/welcome.test.yaml:12:7`, as editors understand it."""
    mark = place_of(problem.path, marks)
    place = f"{file}:{mark.line}:{mark.column}" if mark else str(file)
    told = problem.message if problem.path in marks else f"`{problem.path.rpartition('.')[2]}`: {problem.message}"
    return problem.model_copy(update={"path": place, "message": told})
