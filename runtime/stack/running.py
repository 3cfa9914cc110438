"""Which stack runs in a folder. The answer is a lock that the kernel takes back when its holder dies, not a number."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import Conflict, Unavailable
from runtime.stack.home import Home


@contextmanager
def only_stack_in(home: Home) -> Iterator[None]:
    """Holds the folder for this process. Raises Conflict when another stack runs in it."""
    home.folder.mkdir(parents=True, exist_ok=True)
    with home.pid_file.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"a stack is running in {home.folder} already: stop it by `make down`, or set SOJOURN_HOME to another folder",
                code="already_running",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def running_supervisor(home: Home) -> int | None:
    """The process id of the supervisor that holds the folder, or None."""
    try:
        with home.pid_file.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        text = home.pid_file.read_text()
        return int(text) if text else None
    return None


def stop_running_stack(home: Home, *, patience: float = 60) -> bool:
    """Stops the stack in the folder and waits until it has gone; False if there was none. Raises Unavailable."""
    pid = running_supervisor(home)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while running_supervisor(home) is not None:
        if time.monotonic() > deadline:
            raise Unavailable(
                f"the supervisor (process {pid}) does not stop: see {home.logs}, or end it by kill -9 {pid}"
            )
        time.sleep(0.1)
    return True
