"""The inbox as a child process."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Unavailable
from runtime.stack.readiness import answers, wait_until
from runtime.stack.tether import start_tethered, stop


@dataclass(frozen=True)
class MailboxServer:
    """A running inbox. It stops when the thread that started it ends."""

    process: subprocess.Popen[bytes]
    smtp_port: int
    url: str

    def stop(self) -> None:
        stop(self.process)


def launch_mailbox(*, smtp_port: int, http_port: int, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Starts an inbox on loopback, with its mail below `folder`, without waiting for it."""
    with log.open("ab") as output:
        return start_tethered(
            [
                *(sys.executable, "-m", "runtime.mailbox"),
                *("--smtp-port", str(smtp_port), "--http-port", str(http_port), "--folder", folder),
            ],
            output=output,
        )


def start_mailbox(*, smtp_port: int, http_port: int, folder: Path, log: Path) -> MailboxServer:
    """An inbox that answers. Raises Unavailable."""
    process = launch_mailbox(smtp_port=smtp_port, http_port=http_port, folder=folder, log=log)
    url = f"http://127.0.0.1:{http_port}"
    try:
        wait_until(lambda: answers(f"{url}/healthz"), process, log)
    except Unavailable:
        stop(process)
        raise
    return MailboxServer(process, smtp_port, url)
