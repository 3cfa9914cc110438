"""Runs the command as people do, and watches its memory."""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.backtest import recorded
from benchmarks.measuring.cpu import Processes, Span
from benchmarks.stack.database import Own

EVERY = 0.5
"""Seconds between two looks at its memory."""


@dataclass(frozen=True)
class Watched:
    """What the command took, and how many people its report says that it has looked at. `memory` are bytes, look by look."""

    span: Span
    memory: tuple[int, ...]
    looked_at: int
    page_kb: float

    @property
    def peak_mb(self) -> float:
        return _peak(self.memory)

    @property
    def first_mb(self) -> float:
        """The peak in the first third of the time."""
        return _peak(self.memory[: len(self.memory) // 3])

    @property
    def last_mb(self) -> float:
        """The peak in the last third of the time."""
        return _peak(self.memory[2 * len(self.memory) // 3 :])


def watch(own: Own) -> Watched:
    """One back-test of the draft over everything that was recorded."""
    with TemporaryDirectory() as folder:
        draft, page = Path(folder, "tried.yaml"), Path(folder, "page.html")
        draft.write_text(recorded.DRAFT, encoding="utf-8")
        words = ["backtest", draft.name, "--since", "90d", "--json", "--html", page.name, "--people", "people.jsonl"]
        before = _cpu_of_children()
        with own.processes.measure() as span, Path(folder, "report.json").open("wb") as report:
            command = subprocess.Popen(
                [Path(sys.executable).with_name("sojourn"), *words],
                cwd=folder,
                env={**os.environ, "DATABASE_URL": own.url},
                stdout=report,
            )
            memory = tuple(_looks(command))
        span.cpu["command"] = _cpu_of_children() - before
        if command.returncode:
            raise AssertionError(f"the command ended with {command.returncode}")
        told = json.loads(Path(report.name).read_bytes())
        return Watched(span, memory, told["people"]["looked_at"], round(page.stat().st_size / 1000, 1))


def _looks(command: subprocess.Popen[bytes]) -> list[int]:
    processes, looks = Processes({"command": command.pid}), []
    while command.poll() is None:
        looks.append(processes.memory()["command"])
        time.sleep(EVERY)
    return looks


def _cpu_of_children() -> float:
    """Seconds of all processes that this one has waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak(looks: tuple[int, ...]) -> float:
    return round(max(looks, default=0) / 1e6, 1)
