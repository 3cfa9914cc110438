"""The one-command stack with real servers; its API and worker are placeholders."""

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from runtime.settings import variables
from runtime.stack.home import Home
from runtime.stack.ports import free_port
from runtime.stack.running import running_supervisor, stop_running_stack

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

PORT_VARIABLES = [
    f"SOJOURN_{name}" for name in ("PORT", "TEMPORAL_PORT", "UI_PORT", "INBOX_PORT", "PHONE_PORT", "POSTGRES_PORT")
]


@dataclass
class Stack:
    home: Home
    process: subprocess.Popen[bytes]
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def processes(self) -> dict[int, str]:
        """The supervisor's descendants with their command lines."""
        return descendants(self.process.pid)


@contextmanager
def started(home: Home, **environment: str) -> Iterator[Stack]:
    """A stack that is ready."""
    with starting(home, **environment) as stack:
        eventually(lambda: "Ctrl-C stops everything" in stack.said() or stack.process.poll() is not None)
        assert stack.process.poll() is None, stack.said()
        yield stack


@contextmanager
def starting(home: Home, **environment: str) -> Iterator[Stack]:
    clean = {name: value for name, value in os.environ.items() if name not in variables().values()}
    ports = {name: str(free_port()) for name in [*PORT_VARIABLES, "SOJOURN_INBOX_SMTP_PORT"]}
    output = home.folder.with_suffix(".out")
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.runtime.placeholder_stack"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=clean | ports | {"SOJOURN_HOME": str(home.folder), "COLUMNS": "150"} | environment,
        )
    stack = Stack(home, process, output)
    try:
        yield stack
    finally:
        left = descendants(process.pid) if process.poll() is None else {}
        process.kill()
        process.wait()
        eventually(lambda: all_gone(left))


def eventually(holds: Callable[[], object], patience: float = 90) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def descendants(pid: int) -> dict[int, str]:
    """Processes come and go, such as PostgreSQL's connections: those that have gone meanwhile are left out."""
    found: dict[int, str] = {}
    with suppress(FileNotFoundError, ProcessLookupError):
        for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            with suppress(FileNotFoundError, ProcessLookupError):
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            found |= descendants(child)
    return found


def all_gone(pids: dict[int, str]) -> bool:
    return not any(is_running(pid) for pid in pids)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.fixture
def home() -> Iterator[Home]:
    """Not below pytest's own folder: as root that is closed to the account that runs PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-stack-"))
    folder.chmod(0o711)
    yield Home(folder / "home")
    shutil.rmtree(folder)


def test_a_stack_says_where_everything_is_and_ends_without_a_trace(home: Home) -> None:
    wished = free_port()
    with httpx.Client(trust_env=False) as http, started(home, SOJOURN_PORT=str(wished)) as stack:
        told = home.read_dev_env()
        assert told["SOJOURN_URL"] == f"http://127.0.0.1:{wished}"
        assert told["SOJOURN_WRITE_KEY"].startswith("sj_ingest_")
        assert http.get(told["INBOX_URL"] + "/api/messages").json() == []
        assert http.get(told["PHONE_URL"]).status_code == 200
        assert "<html" in http.get(told["TEMPORAL_UI_URL"]).text
        with psycopg.connect(told["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT scope FROM api_key ORDER BY 1").fetchall() == [("admin",), ("ingest",)]
        processes = stack.processes()
        assert len(processes) > 8, processes
        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(30) == 0, stack.said()
        assert all_gone(processes)
        assert running_supervisor(home) is None


def test_data_survives_and_a_killed_supervisor_takes_everything_along(home: Home) -> None:
    busy = free_port()
    with started(home) as stack:
        told = home.read_dev_env()
        mail_port = int(stack.said().split("Inbox SMTP")[1].split("127.0.0.1:")[1].split()[0])
        with smtplib.SMTP("127.0.0.1", mail_port) as smtp:
            smtp.sendmail("a@example.com", ["b@example.com"], "Subject: kept\r\n\r\nHello")
        with psycopg.connect(told["DATABASE_URL"]) as connection:
            connection.execute("INSERT INTO topic (id, title, description, opt_in) VALUES ('kept', '', '', false)")
        processes = stack.processes()
        stack.process.kill()
        stack.process.wait()
        eventually(lambda: all_gone(processes))
    with httpx.Client(trust_env=False) as http, listening_on(busy), started(home, SOJOURN_PORT=str(busy)) as again:
        told = home.read_dev_env()
        assert told["SOJOURN_URL"] != f"http://127.0.0.1:{busy}"
        assert f"Port {busy} is busy: the API took" in again.said()
        assert [each["subject"] for each in http.get(told["INBOX_URL"] + "/api/messages").json()] == ["kept"]
        with psycopg.connect(told["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT id FROM topic").fetchall() == [("kept",)]
        again.process.terminate()
        assert again.process.wait(30) == 0


@contextmanager
def listening_on(port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port)):
        yield


def test_one_stack_per_folder_which_restarts_what_dies_and_stops_on_request(home: Home) -> None:
    with started(home) as stack:
        second = subprocess.run(
            [sys.executable, "-m", "tests.runtime.placeholder_stack"],
            env=os.environ | {"SOJOURN_HOME": str(home.folder)},
            capture_output=True,
            text=True,
        )
        assert second.returncode == 4
        assert "running in" in second.stderr
        eventually(lambda: "worker │ WARNING: the placeholder works" in stack.said())
        (worker,) = (pid for pid, command in stack.processes().items() if command.endswith("worker "))
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: "worker ended with status -9; starting it again in 0 s" in stack.said())
        eventually(lambda: any(command.endswith("worker ") for command in stack.processes().values()))
        processes = stack.processes()
        assert stop_running_stack(home)
        assert all_gone(processes)
        stack.process.wait(5)
    assert not stop_running_stack(home)
    home.forget()
    assert not home.exists()


def test_addresses_of_ones_own_servers_are_told_from_those_of_others(home: Home) -> None:
    home.prepare()
    home.write_dev_env({"DATABASE_URL": "postgresql://far/away", "TEMPORAL_ADDRESS": "a b:1"}, ["TEMPORAL_ADDRESS"])
    assert home.read_dev_env() == {"DATABASE_URL": "postgresql://far/away", "TEMPORAL_ADDRESS": "a b:1"}
    assert home.started_here() == {"TEMPORAL_ADDRESS": "a b:1"}


def test_a_stack_that_is_asked_to_stop_while_it_starts_stops(home: Home) -> None:
    with starting(home) as stack:
        eventually(home.pid_file.exists)
        eventually(lambda: (home.logs / "postgres.log").exists())
        processes = stack.processes()
        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(30) == 0, stack.said()
        assert all_gone(processes)


def test_reset_leaves_what_is_not_the_stacks(home: Home) -> None:
    home.prepare()
    (home.folder / "notes.txt").write_text("mine")
    home.forget()
    assert [each.name for each in home.folder.iterdir()] == ["notes.txt"]
