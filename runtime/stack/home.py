"""The folder of one stack: what lies where."""

import shlex
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.secrets import write_secret
from runtime.stack.postgres import data_home

_STARTED_HERE = "# Written by `sojourn up`. Servers of the stack: "


@dataclass(frozen=True)
class Home:
    """`.sojourn/`, or where SOJOURN_HOME says."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def temporal(self) -> Path:
        return self.folder / "temporal"

    @property
    def mailbox(self) -> Path:
        return self.folder / "mailbox"

    @property
    def metrics(self) -> Path:
        """What API and worker have measured since they were started, as files (prometheus_client, multiprocess mode)."""
        return self.folder / "metrics"

    @property
    def pid_file(self) -> Path:
        """Locked by the supervisor as long as it lives."""
        return self.folder / "supervisor.pid"

    @property
    def dev_env(self) -> Path:
        """Addresses and keys for scripts and people: `. .sojourn/dev.env`."""
        return self.folder / "dev.env"

    def exists(self) -> bool:
        return self.folder.is_dir()

    def prepare(self) -> None:
        """Makes the folders, and keeps the logs of the last start as `.log.1`."""
        shutil.rmtree(self.metrics, ignore_errors=True)
        for place in (self.logs, self.temporal, self.mailbox, self.metrics):
            place.mkdir(parents=True, exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def write_dev_env(self, values: Mapping[str, str], started_here: Iterable[str]) -> None:
        """Writes the addresses and keys, for the owner only; `started_here` names those of servers of the stack."""
        lines = [_STARTED_HERE + " ".join(started_here)]
        lines += [f"{name}={shlex.quote(value)}" for name, value in values.items()]
        unfinished = self.dev_env.with_suffix(".new")
        write_secret(unfinished, "\n".join(lines))
        unfinished.rename(self.dev_env)

    def read_dev_env(self) -> dict[str, str]:
        """What the last start wrote there; empty before the first one."""
        pairs = (line.partition("=") for line in self._dev_env_lines() if not line.startswith("#"))
        return {name: "".join(shlex.split(value)) for name, _, value in pairs}

    def started_here(self) -> dict[str, str]:
        """The addresses in dev.env that lead to the stack's own servers.

        Whoever has sourced dev.env has them in the environment, and does not mean somebody else's servers.
        """
        told = self.read_dev_env()
        own = {name for line in self._dev_env_lines() if line.startswith(_STARTED_HERE) for name in line.split()}
        return {name: value for name, value in told.items() if name in own}

    def _dev_env_lines(self) -> list[str]:
        return self.dev_env.read_text().splitlines() if self.dev_env.exists() else []

    def forget(self) -> None:
        """Deletes what a stack has written, and nothing else that may lie in the folder."""
        shutil.rmtree(data_home(self.postgres), ignore_errors=True)
        for place in (self.postgres, self.logs, self.temporal, self.mailbox, self.metrics):
            if place.is_symlink():
                place.unlink()
            shutil.rmtree(place, ignore_errors=True)
        for file in (
            "secret_key",
            "write_key",
            "admin_key",
            "twilio_token",
            "worker.alive",
            self.dev_env.name,
            self.pid_file.name,
        ):
            (self.folder / file).unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()
