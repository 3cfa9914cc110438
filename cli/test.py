"""`sojourn test`: the scenarios beside journeys, on a virtual clock, without any server."""

import gc
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson
from cli.output import show_json
from lab.coverage import Coverage
from lab.junit import junit as junit_text
from lab.library import forget
from lab.parallel import run_files
from lab.reading import scenario_files
from lab.report import coverage_lines, summary, told
from lab.running import Result, coverages
from lab.watching import changes

PROBLEM_FOUND = 1


def add_commands(app: typer.Typer) -> None:
    app.command("test")(run_tests)


def run_tests(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...", help="Test files, journeys, or folders. Default: journeys/", show_default=False
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever a file changes.")] = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write the results as JUnit XML.")
    ] = None,
    cover: Annotated[bool, typer.Option("--cover", help="Show the steps and ways that no scenario takes.")] = False,
    cover_min: Annotated[
        float | None,
        typer.Option("--cover-min", metavar="PERCENT", min=0, max=100, help="Fail when a journey is covered less."),
    ] = None,
    named: Annotated[str, typer.Option("-k", metavar="NAME", help="Only scenarios whose names contain this.")] = "",
    jobs: Annotated[
        int, typer.Option("--jobs", metavar="N", min=1, help="How many processes share the scenarios.")
    ] = os.cpu_count() or 1,
    as_json: AsJson = False,
) -> None:
    """Run the scenarios beside journeys. No server is needed and nothing is sent.

    Exit code 1 when a scenario fails, a file cannot be read, or a journey is covered less than wanted.

    Example: sojourn test journeys/ --cover
    """
    _look_for_garbage_less_often()
    asked = paths or [Path("journeys")]
    wish = Wish(asked, named, jobs, junit, cover, cover_min, as_json)
    is_good = _run(wish)
    if watch:
        _watch(wish)
    if not is_good:
        raise typer.Exit(PROBLEM_FOUND)


def _look_for_garbage_less_often() -> None:
    """A scenario leaves little behind, and what was read stays to the end: a tenth of the time is saved."""
    gc.set_threshold(50_000, 20, 20)


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    paths: Sequence[Path]
    named: str
    jobs: int
    junit: Path | None
    cover: bool
    cover_min: float | None
    as_json: bool


def _run(wish: Wish) -> bool:
    """Runs everything once and tells of it; whether all is well."""
    began = time.perf_counter()
    results = []
    covers = wish.cover or wish.cover_min is not None
    for result in run_files(scenario_files(wish.paths), named=wish.named, jobs=wish.jobs, covers=covers):
        results.append(result)
        if not wish.as_json:
            for line in told(result):
                print(line)
    folders = [path for path in wish.paths if path.is_dir()]
    covered = coverages(results, folders) if covers else []
    thin = [one for one in covered if wish.cover_min is not None and one.percent < wish.cover_min]
    if wish.junit is not None:
        wish.junit.write_text(junit_text(results), encoding="utf-8")
    passed = all(verdict.passed for result in results for verdict in result.verdicts)
    if wish.as_json:
        show_json(_as_object(results, covered, passed and not thin))
    else:
        _tell(wish, results, covered, thin)
        print(summary(results, time.perf_counter() - began))
    return passed and not thin


def _tell(wish: Wish, results: Sequence[Result], covered: Sequence[Coverage], thin: Sequence[Coverage]) -> None:
    for line in coverage_lines(covered):
        print(line)
    for one in thin:
        print(f"{one.journey}: {one.percent:.0f}% is less than the {wish.cover_min:g}% that are wanted")
    if not any(result.verdicts for result in results):
        print(f"no scenario is called anything like {wish.named}")


def _watch(wish: Wish) -> None:
    """Until it is interrupted."""
    folders = list(dict.fromkeys(path if path.is_dir() else path.parent for path in wish.paths))
    print("Watching. Ctrl-C ends it.")
    try:
        for changed in changes(folders):
            print(f"\n{changed[0]} changed")
            forget()
            _run(wish)
    except KeyboardInterrupt:
        return


def _as_object(results: Sequence[Result], covered: Sequence[Coverage], passed: bool) -> dict[str, object]:
    scenarios = [
        {
            "file": str(verdict.file),
            "line": verdict.line,
            "scenario": verdict.name,
            "passed": verdict.passed,
            "seconds": round(verdict.seconds, 6),
            "problems": verdict.problems,
            "failures": [
                {"line": line, "expected": failure.expected, "happened": failure.happened}
                for line, failure in verdict.failures
            ],
            "path": [{"offset": line.offset, "clock": line.clock, "text": line.text} for line in verdict.path],
        }
        for result in results
        for verdict in result.verdicts
    ]
    coverage = [
        {
            "journey": one.journey,
            "percent": round(one.percent, 1),
            "missing": [{"step": step or None, "way": way} for step, way in one.missing],
        }
        for one in covered
    ]
    return {"passed": passed, "scenarios": scenarios, "coverage": coverage}
