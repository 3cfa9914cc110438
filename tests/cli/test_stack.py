"""`sojourn down` and `sojourn reset` in a folder where nothing runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import create_cli
from runtime.stack.home import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SOJOURN_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def run(*words: str, say: str = "") -> str:
    return CliRunner().invoke(create_cli(["stack"]), words, input=say).output


def test_down_says_that_nothing_runs(home: Home) -> None:
    assert "No stack is running" in run("down")
    assert not (home.folder / "data").exists()


def test_reset_asks_before_it_deletes(home: Home) -> None:
    home.prepare()
    assert "Delete all data in" in run("reset", say="n\n")
    assert home.logs.is_dir()
    assert "Deleted." in run("reset", say="y\n")
    assert not home.logs.exists()


def test_reset_without_a_question_for_scripts(home: Home) -> None:
    home.prepare()
    assert run("reset", "--yes") == "Deleted.\n"
    assert "Nothing to delete" in run("reset", "--yes")
