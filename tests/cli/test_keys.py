"""`sojourn keys` and `sojourn migrate` work on the database itself."""

import sys
from pathlib import Path

import httpx
import pytest

from cli.main import main
from tests.cli.conftest import Sojourn


@pytest.fixture
def direct(offline: Sojourn, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Sojourn:
    """Runs `sojourn …` with a database and no server."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return offline


async def test_a_key_is_made_used_listed_and_revoked(direct: Sojourn, server: str) -> None:
    made = (await direct("keys", "create", "--scope", "admin", "--name", "ci", "--json")).json
    async with httpx.AsyncClient(base_url=server, headers={"Authorization": f"Bearer {made['secret']}"}) as caller:
        assert (await caller.get("/v1/journeys")).status_code == 200
    assert made["secret"] not in (await direct("keys", "list", "--json")).output
    assert f"{made['prefix']}\tadmin\tdefault\tci" in (await direct("keys", "list")).output
    assert (await direct("keys", "revoke", made["prefix"])).output == f"Revoked {made['prefix']}.\n"
    assert (await direct("keys", "list", "--json")).json["items"][0]["revoked_at"] is not None


async def test_an_unknown_key_cannot_be_revoked(direct: Sojourn) -> None:
    outcome = await direct("keys", "revoke", "sj_admin_nobody")
    assert (outcome.code, "There is no key" in outcome.error) == (4, True)


async def test_migrating_again_is_harmless(direct: Sojourn) -> None:
    assert (await direct("migrate")).output == "The schema is up to date.\n"


async def test_without_a_database_the_remedy_is_named(offline: Sojourn) -> None:
    outcome = await offline("keys", "list")
    assert (outcome.code, "set DATABASE_URL" in outcome.error) == (2, True)


def test_errors_are_a_line_on_standard_error_and_no_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["sojourn", "journeys", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 4
    assert capsys.readouterr().err.startswith("sojourn: no server is named. Run `sojourn up`")


async def test_every_command_has_help_with_an_example(offline: Sojourn) -> None:
    commands = [
        *(("journeys", name) for name in ("validate", "fmt", "publish", "list", "show", "archive")),
        *(("runs", name) for name in ("list", "show", "pause", "resume", "skip-wait", "retry", "stop")),
        *(("keys", name) for name in ("create", "list", "revoke")),
        *((name,) for name in ("explain", "audit", "api", "worker", "migrate", "up", "down", "reset")),
    ]
    for words in commands:
        outcome = await offline(*words, "--help")
        assert outcome.code == 0, words
        assert "Example" in outcome.output, words
