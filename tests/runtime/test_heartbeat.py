"""A worker that hangs is seen from outside."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from runtime.heartbeat import TOO_OLD, beat, is_beating, main


async def test_a_working_event_loop_touches_the_file_at_once(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    assert not is_beating(file)
    beating = asyncio.create_task(beat(file))
    while not file.exists():  # noqa: ASYNC110  another thread makes it
        await asyncio.sleep(0.01)
    beating.cancel()
    assert is_beating(file)


def test_a_file_that_nobody_touches_any_more_is_a_stuck_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "alive"
    file.touch()
    monkeypatch.setenv("SOJOURN_HEARTBEAT_FILE", str(file))
    monkeypatch.setenv("SOJOURN_HOME", str(tmp_path))
    assert main() == 0
    long_ago = time.time() - TOO_OLD - 1
    os.utime(file, (long_ago, long_ago))
    assert main() == 1
