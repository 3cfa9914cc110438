"""A stack of its own for one benchmark, with the accounts of its processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from benchmarks.measuring.cpu import Processes, children_of
from runtime.demo.stage import DAY, Stage, own_stage
from runtime.stack.home import Home
from runtime.stack.ports import free_port
from runtime.stack.readiness import answers, wait_until
from runtime.stack.tether import start_tethered, stop

_TOLD_APART_BY = {
    "api": "api.app:create_app",
    "worker": "worker",
    "temporal": "start-dev",
    "postgres": "-D",
}
"""A word of the command line that only this process of the stack has."""

TEMPLATE = "---\nsubject: bench\n---\nHello {{ customer.first_name | default: 'you' }}\n"
UVICORN = (sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning")


@dataclass(frozen=True)
class Stack:
    """A running stack. `processes` are its api, worker, postgres and temporal."""

    stage: Stage
    processes: Processes

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the API."""
        host, _, port = self.stage.url.rpartition("//")[2].partition(":")
        return host, int(port)

    def publish(self, document: str, templates: Mapping[str, str] | None = None) -> None:
        """Publishes a journey and the mail templates it needs, by the API."""
        name = document.partition("journey:")[2].split()[0]
        with httpx.Client(
            timeout=30, trust_env=False, headers={"Authorization": f"Bearer {self.stage.admin_key}"}
        ) as api:
            for template, text in (templates or {}).items():
                api.put(f"{self.stage.url}/v1/templates/email/{template}", content=text).raise_for_status()
            api.put(f"{self.stage.url}/v1/journeys/{name}", content=document).raise_for_status()
            api.post(f"{self.stage.url}/v1/journeys/{name}/publish").raise_for_status()

    def database(self) -> psycopg.Connection:
        """A connection to the stack's database, each statement of its own."""
        return psycopg.connect(self.stage.database_url, autocommit=True)

    @contextmanager
    def worker_held(self) -> Iterator[None]:
        """The worker stands still in the block, so that only accepting is measured."""
        worker = self.processes.roots["worker"]
        os.kill(worker, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(worker, signal.SIGCONT)

    def restart_worker(self) -> None:
        """Ends the worker; the stack starts another, whose cache is empty. Returns when that one works."""
        old, supervisor = self.processes.roots["worker"], int(Home(self.stage.home).pid_file.read_text())
        alive = Path(environment_of(old)["SOJOURN_HEARTBEAT_FILE"])
        os.kill(old, signal.SIGTERM)
        _within(180, "the worker to end", lambda: old not in children_of(supervisor))
        alive.unlink(missing_ok=True)
        _within(180, "the worker to come back", alive.exists)
        self.processes.roots.update(_roots(supervisor))

    @contextmanager
    def another_worker(self) -> Iterator[int]:
        """One more worker process beside the stack's own, with the same settings. Gives its process id."""
        settings = environment_of(self.processes.roots["worker"])
        alive = self.stage.home / "another.alive"
        settings["SOJOURN_HEARTBEAT_FILE"] = str(alive)
        log = self.stage.home.parent / "another.log"
        with log.open("ab") as output:
            process = start_tethered((sys.executable, "-m", "worker"), output=output, environment=settings)
        try:
            wait_until(alive.exists, process, log)
            yield process.pid
        finally:
            stop(process, patience=30)


def environment_of(pid: int) -> dict[str, str]:
    """What a running process was told."""
    told = Path(f"/proc/{pid}/environ").read_text().split("\0")[:-1]
    return {name: value for name, _, value in (line.partition("=") for line in told)}


@contextmanager
def open_stack(told: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """A stack in real time, stopped and deleted at the end. `told` are settings as environment variables."""
    with own_stage(DAY, told) as stage:
        supervisor = int(Home(stage.home).pid_file.read_text())
        yield Stack(stage, Processes({**_roots(supervisor), "client": os.getpid()}))


def _roots(supervisor: int) -> dict[str, int]:
    children = children_of(supervisor)
    return {
        name: next(pid for pid, command in children.items() if word in command) for name, word in _TOLD_APART_BY.items()
    }


def _within(seconds: float, what: str, is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{what}: {seconds:.0f} s were not enough")
        time.sleep(0.05)


@contextmanager
def empty_endpoint(folder: Path) -> Iterator[tuple[tuple[str, int], int]]:
    """An application with one endpoint that does nothing, served like the API: its address and process id."""
    port, log = free_port(), folder / "empty.log"
    command = (*UVICORN, "benchmarks.stack.empty_api:app", "--host", "127.0.0.1", "--port", str(port))
    with log.open("ab") as output:
        process: subprocess.Popen[bytes] = start_tethered(command, output=output)
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), process, log)
        yield ("127.0.0.1", port), process.pid
    finally:
        stop(process)
