"""Waiting until a child answers over HTTP."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from domain.errors import Unavailable


def answers(url: str) -> bool:
    """Whether a GET of the URL gets a 2xx within two seconds."""
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, *, patience: float = 60) -> None:
    """Returns once `ready` says yes. Raises Unavailable when the process ends first or `patience` seconds pass."""
    deadline = time.monotonic() + patience
    while not ready():
        if process.poll() is not None:
            raise Unavailable(f"it ended with status {process.returncode}: see {log}")
        if time.monotonic() > deadline:
            raise Unavailable(f"it does not answer after {patience:.0f} s: see {log}")
        time.sleep(0.05)
