"""Runs the scenarios of a test file, with results that can be told, counted and kept."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from domain.errors import InvalidDocument, SojournError
from domain.program import Program
from lab.checking import check
from lab.coverage import Coverage, cover
from lab.judging import Failure, judge
from lab.library import Library, library_of
from lab.reading import Written, read_scenarios
from lab.telling import Line, path_of
from lab.trial import try_out

T = TypeVar("T")


@dataclass(frozen=True)
class Verdict:
    """What came of one scenario. `problems`: it could not be run, and says why. `path` is told when something failed."""

    file: Path
    name: str
    line: int
    seconds: float = 0.0
    failures: tuple[tuple[int, Failure], ...] = ()
    problems: tuple[str, ...] = ()
    path: tuple[Line, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures and not self.problems


@dataclass
class Result:
    """What came of one file, and which steps and ways its scenarios took. `programs` are the journeys that were tested."""

    file: Path
    verdicts: list[Verdict] = field(default_factory=list)
    steps: set[tuple[str, str]] = field(default_factory=set)
    edges: set[tuple[str, str, str]] = field(default_factory=set)
    programs: dict[tuple[Path, str], Program] = field(default_factory=dict)

    def add(self, other: "Result") -> None:
        """Takes in what came of another part of the file."""
        self.verdicts += other.verdicts
        self.steps |= other.steps
        self.edges |= other.edges
        self.programs |= other.programs


@dataclass(frozen=True)
class Piece:
    """The part of a file's scenarios from `first` up to `last`, both of `whole`."""

    file: Path
    first: int = 0
    last: int = 1
    whole: int = 1

    @property
    def size(self) -> int:
        """How much of the file it is, in the same measure as `whole`."""
        return self.last - self.first

    def of(self, scenarios: Sequence[T]) -> Sequence[T]:
        """Its own of all the scenarios of the file."""
        count = len(scenarios)
        return scenarios[count * self.first // self.whole : count * self.last // self.whole]


def run_file(file: Path, named: str = "") -> Result:
    """Runs every scenario of a file. A file that cannot be read is one verdict with its problems."""
    return run_piece(Piece(file), named)


def run_piece(piece: Piece, named: str = "", covers: bool = True) -> Result:
    """The same with a part of a file; the first part tells that it cannot be read. `covers`: what was taken is noted."""
    file, result = piece.file, Result(piece.file)
    try:
        written = read_scenarios(file)
        library = library_of(file.parent)
    except SojournError as error:
        if piece.first == 0:
            result.verdicts.append(Verdict(file, file.name, 1, problems=_problems(error)))
        return result
    for one in piece.of(written):
        if named.lower() in one.name.lower():
            result.verdicts.append(run_scenario(one, library, result, covers=covers))
    return result


def run_scenario(written: Written, library: Library, result: Result, *, covers: bool = True) -> Verdict:
    """Runs one scenario, and adds what it took to the result."""
    began = time.perf_counter()
    try:
        programs = programs_of(written, library)
        check(written, programs, library)
        trial = try_out(written.scenario, programs, library, covers=covers)
    except SojournError as error:
        return Verdict(written.file, written.name, written.line, problems=_problems(error))
    failures = judge(written.scenario, trial)
    result.steps |= trial.world.record.steps
    result.edges |= trial.world.record.edges
    result.programs |= {(library.folder, program.journey): program for program in programs}
    return Verdict(
        file=written.file,
        name=written.name,
        line=written.line,
        seconds=time.perf_counter() - began,
        failures=tuple((written.line_of(*failure.keys), failure) for failure in failures),
        path=path_of(trial) if failures else (),
    )


def programs_of(written: Written, library: Library) -> list[Program]:
    """The journeys that are live in the scenario. Raises InvalidDocument when one does not exist."""
    if not written.scenario.journey:
        return library.beside(written.file)
    try:
        return library.named(written.scenario.journey)
    except InvalidDocument as error:
        raise InvalidDocument([written.located(problem) for problem in error.problems]) from None


def coverages(results: Sequence[Result], folders: Sequence[Path] = ()) -> list[Coverage]:
    """The coverage of every journey that was tested, and of all in `folders`. Each folder is counted by itself."""
    programs = {key: program for result in results for key, program in result.programs.items()}
    for folder in folders:
        for program in library_of(folder).every():
            programs.setdefault((folder, program.journey), program)
    covered = []
    for (folder, _), program in sorted(programs.items(), key=lambda one: (str(one[0][0]), one[0][1])):
        own = [result for result in results if result.file.parent == folder]
        steps = {step for result in own for step in result.steps}
        edges = {edge for result in own for edge in result.edges}
        covered.append(cover(program, steps, edges))
    return covered


def _problems(error: SojournError) -> tuple[str, ...]:
    if isinstance(error, InvalidDocument):
        return tuple(str(problem) for problem in error.problems)
    return (error.message,)
