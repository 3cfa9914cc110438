"""`sojourn demo` as somebody runs it who has just cloned the repository."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.demo.stories import STORIES
from runtime.settings import variables

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

TWO_MINUTES = 120
DEMO = (sys.executable, "-m", "cli.main", "demo", "--customers", str(len(STORIES)), "--day", "1.5")
"""Every story once; days are longer than they need be, because other tests run at the same time."""


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the demo puts its stack. As root, the account that runs PostgreSQL must get through."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def surroundings(place: Path) -> dict[str, str]:
    """Nothing but where things are; a database that is set is none of the demo's business."""
    clean = {name: value for name, value in os.environ.items() if name not in variables().values()}
    return clean | {
        "TMPDIR": str(place),
        "SOJOURN_HOME": str(place / "none"),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/precious",
    }


def processes_of(place: Path) -> list[str]:
    """Command lines that name the place."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(place) in command:
            found.append(command)
    return found


def test_every_customer_gets_what_the_journeys_promise_and_nothing_is_left_behind(place: Path) -> None:
    done = subprocess.run(
        DEMO, cwd=ROOT, env=surroundings(place), capture_output=True, text=True, timeout=TWO_MINUTES, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(STORIES)} customers with {len(STORIES)} stories" in done.stdout
    assert "Every customer got exactly what the journeys promise." in done.stdout
    assert "The books balance." in done.stdout
    for event in ("enters", "waits", "gets", "ends"):
        assert f"{event:<7}" in done.stdout
    assert list(place.iterdir()) == []
    assert processes_of(place) == []


def test_a_demo_that_is_ended_early_takes_its_stack_along(place: Path) -> None:
    output = place / "output"
    with output.open("wb") as out:
        demo = subprocess.Popen(DEMO, cwd=ROOT, env=surroundings(place), stdout=out, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + TWO_MINUTES
    while "The shop opens" not in output.read_text():
        assert demo.poll() is None, output.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert processes_of(place)
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(60) == 128 + signal.SIGTERM, output.read_text()
    assert list(place.iterdir()) == [output]
    assert processes_of(place) == []
