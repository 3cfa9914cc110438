"""Temporal's development server with other settings than ours."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.stack.ports import free_port
from runtime.stack.readiness import wait_until
from runtime.stack.temporal_server import is_prepared, server_command
from runtime.stack.tether import start_tethered, stop

SETTINGS = {
    "our settings": ((), {"GOGC": "400"}),
    "without our pragmas of SQLite": (("--sqlite-pragma",), {"GOGC": "400"}),
    "without our dynamic configuration": (("--dynamic-config-value",), {"GOGC": "400"}),
    "without GOGC=400": ((), {}),
    "as it comes": (("--sqlite-pragma", "--dynamic-config-value"), {}),
}
"""By name: the options that are left out, and the environment."""


@contextmanager
def server(name: str) -> Iterator[tuple[str, int]]:
    """A server with these settings, its data in a file: its address and process id."""
    left_out, environment = SETTINGS[name]
    folder, port = Path(tempfile.mkdtemp(prefix="sojourn-bench-")), free_port()
    command = server_command(port=port, ui_port=None, database=folder / "temporal.db")
    pairs = [(place, word) for place, word in enumerate(command) if word in left_out]
    dropped = {place + step for place, _ in pairs for step in (0, 1)}
    told = {name: value for name, value in os.environ.items() if name != "GOGC"} | environment
    log = folder / "temporal.log"
    with log.open("ab") as output:
        kept = [word for place, word in enumerate(command) if place not in dropped]
        process = start_tethered(kept, output=output, environment=told)
    try:
        wait_until(lambda: is_prepared(f"127.0.0.1:{port}"), process, log)
        yield f"127.0.0.1:{port}", process.pid
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)
