"""The command line against a real server, in a folder of its own."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import create_cli, exit_code
from domain.errors import SojournError
from tests.api.conftest import admin_key, server, settings

__all__ = ["admin_key", "server", "settings"]


@dataclass(frozen=True)
class Outcome:
    """What a command printed and with which status it ended."""

    code: int
    output: str
    error: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.output)


Sojourn = Callable[..., Awaitable[Outcome]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder without a stack; no setting of this machine is seen."""
    monkeypatch.chdir(tmp_path)
    for name in ("SOJOURN_URL", "SOJOURN_ADMIN_KEY", "SOJOURN_HOME", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def offline(folder: Path) -> Sojourn:
    """Runs `sojourn …` where no server is named."""

    async def run(*words: object) -> Outcome:
        return await asyncio.to_thread(_run, [str(word) for word in words])

    return run


@pytest.fixture
def sojourn(offline: Sojourn, server: str, admin_key: str, monkeypatch: pytest.MonkeyPatch) -> Sojourn:
    """Runs `sojourn …` with a server and its admin key in the environment."""
    monkeypatch.setenv("SOJOURN_URL", server)
    monkeypatch.setenv("SOJOURN_ADMIN_KEY", admin_key)
    return offline


def _run(words: list[str]) -> Outcome:
    result = CliRunner().invoke(create_cli(), words)
    if isinstance(result.exception, SojournError):
        return Outcome(exit_code(result.exception), result.stdout, result.exception.message)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)
