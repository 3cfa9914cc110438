"""The pages about performance are what the committed results say, and nothing else."""

import shutil
from pathlib import Path

import pytest

from benchmarks.__main__ import RESULTS
from benchmarks.pages.writing import ROOT, pages


@pytest.mark.parametrize("name", ["performance.md", "capacity.md"])
def test_the_page_says_what_the_results_say(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == pages(RESULTS)[name], "run `make performance`"


def test_what_was_not_measured_is_said(tmp_path: Path) -> None:
    text = pages(tmp_path)
    assert "Not measured yet: `make bench-routing`." in text["performance.md"]
    assert "Not measured yet: `make bench`." in text["capacity.md"]
    assert not any(hole in text["capacity.md"] for hole in ("—", "None", "{", " 0 ms"))


def test_a_result_stands_on_the_page_with_its_goals(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parent / "routing.json", tmp_path)
    text = pages(tmp_path)
    assert "| matches nothing | 4,000 | 0.15 | 0.1 | 0.05 |" in text["performance.md"]
    assert (
        "| [Routing](#routing) | CPU-ms per event that matches nothing ≤ 0.15 | 0.15 | met |" in text["performance.md"]
    )
    assert "| worker | an event that matches nothing | 0.1 | 10,000 |" in text["capacity.md"]
