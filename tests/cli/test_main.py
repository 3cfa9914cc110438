"""The command finds its parts, and scripts can tell its failures apart."""

import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli import main
from domain.errors import Conflict, InvalidDocument, InvalidInput, NotFound, SojournError, Unavailable


def commands_of(*modules: str) -> set[str]:
    group = get_command(main.create_cli(modules))
    return set(getattr(group, "commands"))  # noqa: B009  typer hides the class of its groups


def test_a_command_is_found_without_importing_the_others() -> None:
    for name, module in main.HOME_OF.items():
        assert name in commands_of(module)


def test_the_shortcut_knows_every_command_of_its_modules() -> None:
    for module in set(main.HOME_OF.values()):
        assert commands_of(module) <= set(main.HOME_OF)


def test_help_lists_everything_with_the_exit_codes() -> None:
    shown = CliRunner().invoke(main.create_cli(), ["--help"]).output
    assert all(name in shown for name in main.HOME_OF)
    assert "Exit codes" in shown


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidDocument([]), 1),
        (InvalidInput("x"), 2),
        (Unavailable("x"), 3),
        (NotFound("x"), 4),
        (Conflict("x"), 4),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: SojournError, code: int) -> None:
    assert main.exit_code(error) == code


def test_an_error_is_one_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["sojourn", "down"])
    monkeypatch.setenv("SOJOURN_PORT", "none")
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "SOJOURN_PORT" in told
    assert "Traceback" not in told
