"""Collects `*.test.yaml` for pytest: each scenario is a test. Found by its entry point, or by `-p lab.pytest_plugin`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lab.reading import Written

SUFFIXES = (".test.yaml", ".test.yml")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """The scenarios of a file; nothing of the lab is imported before there is one."""
    return ScenarioFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIXES) else None


class Failed(Exception):
    """A scenario that came differently; its words are what `sojourn test` says."""


class ScenarioFile(pytest.File):
    """One file of scenarios."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """Raises CollectError with the file's problems when it cannot be read."""
        from domain.errors import SojournError
        from lab.reading import read_scenarios

        try:
            written = read_scenarios(self.path)
        except SojournError as error:
            raise self.CollectError(error.message) from None
        for one in written:
            yield ScenarioItem.from_parent(self, name=one.name, written=one)


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, written: "Written", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.written = written

    def runtest(self) -> None:
        """Raises Failed with the diff."""
        from lab.library import library_of
        from lab.report import failure_lines
        from lab.running import Result, run_scenario

        verdict = run_scenario(self.written, library_of(self.path.parent), Result(self.path))
        if not verdict.passed:
            raise Failed("\n".join(failure_lines(verdict)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The diff without a traceback."""
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the scenario stands."""
        return self.path, self.written.line - 1, self.name
