"""A child that cannot outlive its parent.

Run as a script, this drops privileges, asks the kernel to be signalled when the parent ends, and becomes the command.


A script and not `preexec_fn`: between fork and exec of a process with threads no Python code is safe. Run with `-I -S`,
so that it costs about 10 ms.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int


def start_tethered(
    command: Sequence[str | Path],
    *,
    output: IO[bytes],
    when_parent_dies: signal.Signals = signal.SIGKILL,
    account: Account | None = None,
    cwd: Path | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts `command` in a session of its own, all output to `output`; Linux signals it when the calling thread ends.

    The calling thread should be the main thread: the kernel watches the thread, not the process. Given an account,
    the command runs as that account (only root can ask for it).
    """
    owner = f"{account.uid}:{account.gid}" if account else "-"
    tether = [sys.executable, "-I", "-S", __file__, str(int(when_parent_dies)), str(os.getpid()), owner]
    return subprocess.Popen(
        [*tether, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        cwd=cwd,
        env=environment,
    )


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM, patience: float = 10) -> int:
    """Signals the process, waits `patience` seconds, then kills it. Gives its exit status; safe to repeat."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _become(sig: int, parent: int, owner: str, command: list[str]) -> None:
    if owner != "-":
        uid, gid = map(int, owner.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # after setuid, which clears it
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the parent has gone")
    os.execvp(command[0], command)


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
