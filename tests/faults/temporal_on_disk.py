"""A Temporal server of a test's own, that can be killed and can lose its data."""

from pathlib import Path

from runtime.stack.ports import free_port
from runtime.stack.readiness import wait_until
from runtime.stack.temporal_server import is_prepared, launch_temporal, server_command
from runtime.stack.tether import stop


class TemporalServer:
    """A server with its data in a file."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self._data = folder / "temporal.db"
        self.address = f"127.0.0.1:{port}"
        self._command = server_command(port=port, ui_port=None, database=self._data)
        self._log = folder / "temporal.log"
        self.start()

    def start(self) -> None:
        self._process = launch_temporal(self._command, self._log)
        wait_until(lambda: is_prepared(self.address), self._process, self._log)

    def kill(self) -> None:
        """kill -9, and it has gone."""
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Deletes everything that it knew."""
        for file in self._data.parent.glob(f"{self._data.name}*"):
            file.unlink()

    def stop(self) -> None:
        stop(self._process)
