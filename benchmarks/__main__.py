"""`python -m benchmarks [NAME …]`: runs some benchmarks, or all; prints tables and writes
`benchmarks/results/NAME.json`.
"""

import argparse
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from pydantic import ValidationError

from benchmarks.measuring.machine import committed, machine, revision
from benchmarks.measuring.results import Measured, Result, quietest
from benchmarks.measuring.size import Size
from benchmarks.measuring.table import show
from benchmarks.names import NAMES
from benchmarks.pages.writing import write_pages

RESULTS = Path(__file__).parent / "results"
TRIED = RESULTS / "tried"
"""Where results of other sizes go: they are no claim, and not committed."""


class Benchmark(Protocol):
    """What a module of this folder has. `NOTE` says in the documents why a goal was missed."""

    TITLE: str
    NOTE: str

    def measure(self, size: Size) -> Measured:
        """Starts what it needs, measures, and stops it."""


def benchmark(name: str) -> Benchmark:
    return cast(Benchmark, import_module(f"benchmarks.{name}"))


def run(name: str, size: Size, rounds: int = 1) -> Result:
    """Runs one benchmark so often, prints the quietest round beside the committed result, and writes its file."""
    module, before, conditions = benchmark(name), last_committed(name), machine()
    began = time.monotonic()
    measured = quietest([module.measure(size) for _ in range(rounds)])
    result = Result(
        name=name,
        size=size.name,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        revision=revision(),
        machine=conditions,
        rows=measured.rows,
        goals=measured.goals,
        left_out=measured.left_out,
        rounds=rounds,
    )
    folder = RESULTS if size == Size() else TRIED
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(result.model_dump_json(indent=1) + "\n")
    show(result, before, module.TITLE)
    print(f"  {time.monotonic() - began:.0f} s\n", flush=True)  # noqa: T201
    return result


def last_committed(name: str) -> Result | None:
    """The result in the last commit; None without one, or where it has another form."""
    try:
        return Result.model_validate_json(committed(RESULTS / f"{name}.json") or "null")
    except ValidationError:
        return None


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description="Measures, each with its floor in the same run."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all without one")
    parser.add_argument("--quick", action="store_true", help="so little of each that it takes seconds")
    parser.add_argument("--size", type=int, help="the main number of a benchmark: events, runs")
    parser.add_argument(
        "--rounds",
        type=int,
        default=1,
        help="measure so often and keep the round whose floor took least: for a shared machine",
    )
    parser.add_argument("--write-docs", action="store_true", help="only write the documents from the results again")
    asked = parser.parse_args(words)
    names = [name.replace("-", "_") for name in asked.names]
    if unknown := [name for name in names if name not in NAMES]:
        parser.error(f"there is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    if not asked.write_docs:
        size = Size(asked.quick, asked.size)
        missed = [
            goal for name in names or NAMES for goal in run(name, size, max(1, asked.rounds)).goals if not goal.is_met
        ]
        print(f"{len(missed)} goals were missed." if missed else "All goals were met.")  # noqa: T201
        if size != Size():
            return 0
    write_pages(RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
