"""`sojourn test`, from the shell's prompt to the last line: the scenarios of the examples many times over, and the examples
as they are.

The numbers are those of the whole command, its start and the reading of journeys and templates included. Floor: the YAML
of the same scenarios read by libyaml into nothing.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml  # type: ignore[import-untyped]

from benchmarks.measuring.cpu import Processes, Span
from benchmarks.measuring.machine import ROOT
from benchmarks.measuring.results import Measured, Row, goal, row
from benchmarks.measuring.size import Size

TITLE = "Scenarios"
NOTE = (
    "A scenario takes some 40 models and 2,100 calls of the engine that runs live, and no part of it stands out any more; the "
    "start of the command counts, too. What somebody waits for after a change, their own folder, is done within a second."
)
EXAMPLES = ROOT / "journeys"
RATE = 2_000
"""Scenarios a second: thousands."""
MOMENT = 1.0
"""Seconds for a folder of the usual size: somebody waits for it after each change."""
RUNS = 5

_BEGIN = re.compile(r"^- scenario: *(\"?)(.*?)\"?$", re.MULTILINE)


def measure(size: Size) -> Measured:
    """CPU per scenario: worker is the command with all its processes."""
    with TemporaryDirectory() as home:
        folder = Path(home) / "journeys"
        examples = _count(EXAMPLES)
        count = _fill(folder, max(1, size.of(3_600, 72) // examples))
        read = row("scenario read", _read(folder), count)
        _timed(home, EXAMPLES)  # what was never imported before has to be compiled first
        alone = _run(home, "scenario run, one process", folder, count, "--jobs", "1")
        shared = _run(home, "scenario run, a process for each processor", folder, count)
        once = [_timed(home, EXAMPLES) for _ in range(size.pick(RUNS, 2))]
    usual = row("scenario of the examples", min(once, key=lambda span: span.seconds), examples)
    return Measured(
        rows=(read, alone, shared, usual.model_copy(update={"floor": read.name})),
        goals=(
            goal("scenarios a second", shared.rate, "least", RATE),
            goal(f"seconds for the {examples} scenarios of the examples", usual.seconds, "most", MOMENT),
        ),
    )


def _count(folder: Path) -> int:
    return sum(len(_BEGIN.findall(file.read_text())) for file in folder.glob("*.test.yaml"))


def _fill(folder: Path, times: int) -> int:
    """The examples with every scenario so many times, each under a name of its own; how many scenarios that makes."""
    shutil.copytree(EXAMPLES, folder)
    for file in folder.glob("*.test.yaml"):
        text = file.read_text()
        copies = (_BEGIN.sub(rf"- scenario: \1\2, {number}\1", text) for number in range(times))
        file.write_text("\n".join(copies))
    return _count(folder)


def _read(folder: Path) -> Span:
    texts = [file.read_text() for file in folder.glob("*.test.yaml")]
    with Processes({"worker": os.getpid()}).measure() as span:
        for text in texts:
            for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
                pass
    return span


def _run(home: str, name: str, folder: Path, count: int, *options: str) -> Row:
    return row(name, _timed(home, folder, *options), count, floor="scenario read")


def _timed(home: str, folder: Path, *options: str) -> Span:
    """The command in a process of its own. Raises CalledProcessError when a scenario fails."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": f"{home}/compiled"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "cli.main", "test", str(folder), *options]
    with _children() as span:
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return span


@contextmanager
def _children() -> Iterator[Span]:
    """What processes use that begin and end in the block, and theirs."""
    span = Span()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    yield span
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    span.seconds = time.perf_counter() - began
    span.cpu = {"worker": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}
