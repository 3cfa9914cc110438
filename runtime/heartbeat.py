"""Whether a worker's event loop still turns: it touches a file, and others look at the file's age.

`python -m runtime.heartbeat` is the health check of a container: it exits 0 when the file is young enough.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import NoReturn

from runtime.settings import load_settings

INTERVAL = 5.0
TOO_OLD = 30.0
"""Seconds after which a worker counts as stuck."""


async def beat(file: Path) -> NoReturn:
    """Touches the file every five seconds, from now until it is cancelled. Start it once the worker polls."""
    while True:
        await asyncio.to_thread(file.touch)
        await asyncio.sleep(INTERVAL)


def is_beating(file: Path) -> bool:
    """Whether the file was touched within the last 30 seconds."""
    try:
        touched = file.stat().st_mtime
    except FileNotFoundError:
        return False
    return touched > time.time() - TOO_OLD


def main() -> int:
    """The exit status of the health check."""
    file = load_settings().heartbeat_file
    return 0 if file is not None and is_beating(file) else 1


if __name__ == "__main__":
    sys.exit(main())
