"""A back-test that was killed goes on: from the last checkpoint, with the same report and the same file of people in the end."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.backtest import keeping, running
from tests.backtest.archive import Archive
from tests.backtest.test_command import WINDOW, archive, small_portions
from tests.cli.conftest import Sojourn

__all__ = ["archive", "small_portions"]

POOL = """
import time, multiprocessing
from concurrent.futures import ProcessPoolExecutor
from cli.backtest.orphans import go_with_the_parent
pool = ProcessPoolExecutor(2, multiprocessing.get_context("fork"), go_with_the_parent)
[pool.submit(time.sleep, 0.1) for _ in range(2)]
print(*(child.pid for child in multiprocessing.active_children()), flush=True)
time.sleep(60)
"""


def _leave(stories: str | None) -> None:
    shutil.copy("greet.backtest.json", "left.json")
    if stories is not None:
        Path("left.jsonl").write_text(Path(stories).read_text() + '{"customer": "half of a sto')


async def killed(sojourn: Sojourn, patched: pytest.MonkeyPatch, *people: str) -> None:
    """Leaves what `kill -9` leaves in the middle: a checkpoint, and stories that were written after it."""
    take = running._Running._take

    async def torn(self: running._Running) -> None:
        await take(self)
        if self.progress.done == 12:
            _leave("parts.jsonl" if people else None)

    patched.setattr(keeping, "EVERY", 0.0)
    patched.setattr(running._Running, "_take", torn)
    done = await sojourn("backtest", "greet", *WINDOW, "--json", *people)
    assert done.code == 0, done.error


async def test_what_was_killed_goes_on_from_its_last_checkpoint_and_ends_the_same(
    archive: Archive, sojourn: Sojourn, folder: Path, small_portions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await sojourn("backtest", "greet", *WINDOW, "--json", "--people", "whole.jsonl")
    with monkeypatch.context() as patched:
        await killed(sojourn, patched, "--people", "parts.jsonl")
    assert (folder / "left.jsonl").read_text() != (folder / "whole.jsonl").read_text()
    rest = await sojourn("backtest", "greet", "--json", "--people", "left.jsonl", "--resume", "left.json")
    assert rest.json == whole.json
    assert (folder / "left.jsonl").read_text() == (folder / "whole.jsonl").read_text()


async def test_a_file_of_people_that_does_not_belong_to_the_checkpoint_is_refused(
    archive: Archive, sojourn: Sojourn, folder: Path, small_portions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        await killed(sojourn, patched, "--people", "parts.jsonl")
    (folder / "left.jsonl").write_text("short")
    done = await sojourn("backtest", "greet", "--resume", "left.json", "--people", "left.jsonl")
    assert (done.code, "left.jsonl is not the file that the checkpoint speaks of" in done.error) == (2, True)

    with monkeypatch.context() as patched:
        await killed(sojourn, patched)
    done = await sojourn("backtest", "greet", "--resume", "left.json", "--people", "left.jsonl")
    assert (done.code, "left by a back-test without --people" in done.error) == (2, True)
    assert (folder / "left.jsonl").read_text() == "short"


async def test_what_has_come_to_its_end_leaves_no_checkpoint(
    archive: Archive, sojourn: Sojourn, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY", 0.0)
    assert (await sojourn("backtest", "greet", *WINDOW)).code == 0
    assert not (folder / "greet.backtest.json").exists()


async def test_a_page_that_could_not_be_written_is_refused_before_the_work(archive: Archive, sojourn: Sojourn) -> None:
    done = await sojourn("backtest", "greet", *WINDOW, "--html", "nowhere/r.html")
    assert (done.code, done.error) == (2, "there is no folder nowhere for the page.")


def test_the_processes_of_a_killed_back_test_go_with_it() -> None:
    with subprocess.Popen([sys.executable, "-c", POOL], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)
    assert len(children) == 2
    deadline = time.monotonic() + 20
    while any(map(_lives, children)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    """Whoever has ended and is not buried yet does not."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
