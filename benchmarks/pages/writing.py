"""Writes the documents from the result files. A test holds that they say what the results say."""

from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.measuring.results import Result
from benchmarks.names import NAMES
from benchmarks.pages.capacity import capacity
from benchmarks.pages.performance import performance

ROOT = Path(__file__).parents[2]


def write_pages(results: Path) -> None:
    """Writes docs/performance.md and docs/capacity.md."""
    for name, text in pages(results).items():
        (ROOT / "docs" / name).write_text(text)


def pages(results: Path) -> dict[str, str]:
    """The documents' texts, by file name."""
    found = {name: read(results / f"{name}.json") for name in NAMES}
    modules: dict[str, Any] = {name: import_module(f"benchmarks.{name}") for name in NAMES}
    return {"performance.md": performance(found, modules), "capacity.md": capacity(found)}


def read(file: Path) -> Result | None:
    """A result file; None where there is none."""
    return Result.model_validate_json(file.read_text()) if file.exists() else None
