"""An archive in a fresh database, and the command line beside it."""

from pathlib import Path

import pytest

from store.database import Database
from tests.backtest.archive import Archive
from tests.cli.conftest import Sojourn, folder, offline

__all__ = ["folder", "offline"]


@pytest.fixture
async def archive(db: Database) -> Archive:
    return Archive(db)


@pytest.fixture
def sojourn(offline: Sojourn, folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Sojourn:
    """Runs `sojourn …` on the database of the test, in an empty folder."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return offline
