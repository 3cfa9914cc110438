"""One server of the stack as a child process that is started again when it dies."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals

from domain.errors import Unavailable
from runtime.stack.tether import stop

LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 60.0
"""Seconds of life after which earlier deaths are forgotten."""


@dataclass
class Child:
    """`launch` starts the process without waiting; `ready` asks whether it can be used."""

    name: str
    log: Path
    launch: Callable[[Path], subprocess.Popen[bytes]]
    ready: Callable[[], bool]
    stop_by: Signals = SIGTERM
    stop_patience: float = 10
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    _born: float = field(default=0, repr=False)
    _restart_at: float | None = field(default=None, repr=False)

    def start(self) -> None:
        self.process = self.launch(self.log)
        self._born = time.monotonic()
        self._restart_at = None

    def wait_until_ready(self, patience: float = 60, unless: Callable[[], bool] = lambda: False) -> None:
        """Returns once it is ready, or `unless` says that nobody waits for it any more.

        Raises Unavailable with the end of the log when the process dies first or takes longer.
        """
        deadline = time.monotonic() + patience
        while not unless() and not self.ready():
            if self.process is None or self.process.poll() is not None:
                raise Unavailable(
                    f"{self.name} ended while it was starting:\n{self._last_words()}\n(all of it: {self.log})"
                )
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.name} is not ready after {patience:.0f} s: see {self.log}")
            time.sleep(0.05)

    def look_after(self, say: Callable[[str], None]) -> None:
        """Starts it again if it has died: at once, then after 1, 2, 4 … 30 seconds. Call it often."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            status, self.process = self.process.returncode, None
            self.deaths = 1 if now - self._born > HEALTHY_AFTER else self.deaths + 1
            pause = 0.0 if self.deaths == 1 else min(2.0 ** (self.deaths - 2), LONGEST_PAUSE)
            self._restart_at = now + pause
            say(f"{self.name} ended with status {status}; starting it again in {pause:.0f} s (log: {self.log})")
        if self.process is None and self._restart_at is not None and now >= self._restart_at:
            self._start_again(say)

    def _start_again(self, say: Callable[[str], None]) -> None:
        try:
            self.start()
        except Unavailable as failure:
            self._restart_at = time.monotonic() + LONGEST_PAUSE
            say(f"{self.name} did not start; trying again in {LONGEST_PAUSE:.0f} s: {failure.message}")

    def stop(self) -> None:
        """Asks it to end, then insists."""
        self._restart_at = None
        if self.process is not None:
            stop(self.process, by=self.stop_by, patience=self.stop_patience)
            self.process = None

    def kill(self) -> None:
        """Ends it at once; `stop` then finds it gone."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]) if self.log.exists() else ""
