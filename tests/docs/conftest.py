"""A stack of its own for the documents' commands, as `make up` starts it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.settings import PREFIX
from runtime.stack.plan import PORTS
from runtime.stack.ports import free_port
from tests.docs.blocks import ROOT

PATIENCE = 60.0
SHARED_NAMES = ("DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_UI_URL", "INBOX_URL", "PHONE_URL")


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """The folder in which a reader types, and their environment: a clone after `make up`, with a stack that runs."""
    folder = tmp_path_factory.mktemp("clone")
    for place in (folder, *folder.parents[:3]):
        if place.owner() == folder.owner() and place != Path("/"):
            place.chmod(place.stat().st_mode | 0o011)  # PostgreSQL may run as another account
    (folder / ".venv").symlink_to(ROOT / ".venv")
    shutil.copytree(ROOT / "journeys", folder / "journeys")
    clean = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    ports = {f"{PREFIX}{name}".upper(): str(free_port()) for name in PORTS}
    log = folder / "up.log"
    with log.open("wb") as output:
        up = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up"],
            cwd=folder,
            env={**clean, **ports, "PYTHONPATH": str(ROOT), "SOJOURN_WORKER_POLLERS": "2"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_it_runs(up, log)
        yield folder, clean
    finally:
        up.terminate()
        up.wait(PATIENCE)


def _is_setting(name: str) -> bool:
    return name.startswith(PREFIX) or name in SHARED_NAMES


def _wait_until_it_runs(up: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while "Sojourn is running" not in log.read_text():
        assert up.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
