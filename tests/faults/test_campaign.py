"""The short campaign: the worst troubles once each. `make faults` is the long one."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.campaign.play import play

SHORT = (
    "mail taken, connection cut",
    "everything killed at once",
    "connections exhausted",
    "SMS provider fails",
    "Temporal killed",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below pytest's own folder: as root that is closed to the account that runs PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-faults-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


async def test_the_books_balance_after_a_storm(folder: Path) -> None:
    report = await play(folder, seed=7, people=24, names=SHORT, is_put_off=False)
    assert not report.verdict.wrong, "\n".join(report.verdict.wrong)
    assert set(report.troubles) == set(SHORT)
    assert report.verdict.events > report.people
    assert report.deaths >= len(SHORT)
