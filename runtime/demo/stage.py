"""Where the demo plays: on the stack that runs here if time flies on it, else on one of its own that leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from domain.errors import Unavailable
from runtime.settings import variables
from runtime.stack.home import Home
from runtime.stack.plan import PORTS
from runtime.stack.ports import free_port
from runtime.stack.readiness import answers, wait_until
from runtime.stack.tether import start_tethered, stop

DAY = 86_400
SHORTEST_DAY, LONGEST_DAY = 0.5, 10.0
"""Seconds that a day may take on a running stack for the demo to be played on it."""

PLAYED = ("abandoned-cart", "after-purchase", "webinar", "welcome", "whitepaper-nurture")
START_PATIENCE = 180.0
STOP_PATIENCE = 60.0
STACK_LOG = "stack.log"
LONGEST_COMPLAINT = 30
"""Lines."""

UP = (sys.executable, "-m", "cli.main", "up")
_KEPT = ("SOJOURN_POSTGRES_BIN",)
"""What an own stack takes over of the settings around it: where the programs are, not which data they work on."""


@dataclass(frozen=True)
class Stage:
    """A stack that answers. `home` is its folder, `day` the seconds a day takes on it; `is_own`: it ends with the demo."""

    url: str
    write_key: str
    admin_key: str
    inbox_url: str
    phone_url: str
    temporal_address: str
    temporal_ui_url: str
    database_url: str
    home: Path
    day: float
    is_own: bool

    def warnings(self) -> list[str]:
        """What an own stack has complained about since it was up: the newest lines of the servers' logs, name first."""
        log = self.home.parent / STACK_LOG
        if not self.is_own or not log.exists():
            return []
        return [line for line in log.read_text(errors="replace").splitlines() if " │ " in line][-LONGEST_COMPLAINT:]


@contextmanager
def open_stage(home: Path, day: float | None) -> Iterator[Stage]:
    """A stage on which a day takes `day` seconds; None leaves that to the running stack, or to how busy the machine is.

    Raises Unavailable when an own stack does not start.
    """
    running = running_stage(home, day)
    if running is not None:
        yield running
        return
    with own_stage(day or fitting_day()) as own:
        yield own


def running_stage(home: Path, day: float | None) -> Stage | None:
    """The stack of this folder, if it answers, has a telephone, and time flies on it."""
    told = Home(home).read_dev_env()
    its_day = DAY / float(told.get("SOJOURN_TIME_SCALE") or 1)
    flies = SHORTEST_DAY <= its_day <= LONGEST_DAY if day is None else its_day == day
    if not flies or not told.get("PHONE_URL") or not answers(f"{told['SOJOURN_URL']}/readyz"):
        return None
    return _stage(told, home, its_day, is_own=False)


def check_journeys(stage: Stage) -> None:
    """Raises Unavailable when one of the example journeys is not live on the stage."""
    answer = httpx.get(
        f"{stage.url}/v1/journeys", headers={"Authorization": f"Bearer {stage.admin_key}"}, timeout=10, trust_env=False
    )
    live = {one["journey"] for one in answer.raise_for_status().json()["items"] if one["status"] == "live"}
    missing = sorted(set(PLAYED) - live)
    if missing:
        log = Home(stage.home).logs / "publish.log"
        words = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
        remedy = "Publish them by `sojourn journeys publish journeys/`."
        raise Unavailable(f"{', '.join(missing)} cannot be entered on {stage.url}. {remedy}\n{words}".rstrip())


def fitting_day() -> float:
    """A second; two or three while other programs keep the processors busy, so that there is time for all in a day."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return 1.0 if load < 1 else 2.0 if load < 2 else 3.0


@contextmanager
def own_stage(day: float, told: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """A stack of its own that leaves nothing behind. `told`: settings as environment variables. Raises Unavailable."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-demo-"))
    folder.chmod(0o711)  # the account that runs PostgreSQL for root must get through
    home, log = Home(folder / "home"), folder / STACK_LOG
    try:
        with log.open("ab") as output:
            stack = start_tethered(
                UP,
                output=output,
                when_parent_dies=signal.SIGTERM,
                environment=_environment(home.folder, day) | dict(told or {}),
            )
        try:
            _wait_until_up(home, stack, log)
            yield _stage(home.read_dev_env(), home.folder, day, is_own=True)
        finally:
            stop(stack, patience=STOP_PATIENCE)
    finally:
        if home.exists():
            home.forget()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_up(home: Home, stack: subprocess.Popen[bytes], log: Path) -> None:
    try:
        wait_until(home.dev_env.exists, stack, log, patience=START_PATIENCE)
    except Unavailable as failure:
        words = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise Unavailable(f"the demo's stack did not start: {failure.message}\n{words}") from None


def _environment(home: Path, day: float) -> dict[str, str]:
    """No setting from around reaches the own stack: it must never work on somebody's real data."""
    around = {name: value for name, value in os.environ.items() if name not in variables().values() or name in _KEPT}
    names = variables()
    ports: set[int] = set()
    while len(ports) < len(PORTS):
        ports.add(free_port())
    chosen = {names[name]: str(port) for name, port in zip(PORTS, sorted(ports), strict=True)}
    return around | chosen | {"SOJOURN_HOME": str(home), "SOJOURN_TIME_SCALE": f"{DAY / day:g}"}


def _stage(told: dict[str, str], home: Path, day: float, *, is_own: bool) -> Stage:
    return Stage(
        url=told["SOJOURN_URL"],
        write_key=told["SOJOURN_WRITE_KEY"],
        admin_key=told["SOJOURN_ADMIN_KEY"],
        inbox_url=told["INBOX_URL"],
        phone_url=told["PHONE_URL"],
        temporal_address=told["TEMPORAL_ADDRESS"],
        temporal_ui_url=told["TEMPORAL_UI_URL"],
        database_url=told["DATABASE_URL"],
        home=home,
        day=day,
        is_own=is_own,
    )
