"""What the stack consists of: its ports, the children, and what each of them is told."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from signal import SIGINT

from runtime.mailbox.process import launch_mailbox
from runtime.metrics import SHARED_FOLDER
from runtime.secrets import stored_secret
from runtime.settings import Settings, variables
from runtime.stack.child import Child
from runtime.stack.home import Home
from runtime.stack.ports import next_free_port
from runtime.stack.postgres import start_postgres
from runtime.stack.readiness import answers
from runtime.stack.temporal_server import is_prepared, launch_temporal, server_command
from runtime.stack.tether import start_tethered

PHONE_ACCOUNT = "AC" + "0" * 32
PHONE_NUMBER = "+15005550006"
PHONE_REPORTS_TO = "/callbacks/twilio/inbound"
EXAMPLES = Path(__file__).parents[2] / "journeys"
PORTS = ("port", "temporal_port", "ui_port", "inbox_port", "inbox_smtp_port", "phone_port", "postgres_port")


@dataclass(frozen=True)
class Ports:
    """The ports that are used, and which of them are not those that were wished for."""

    chosen: dict[str, int]
    moved: dict[str, int]

    def __getitem__(self, name: str) -> int:
        return self.chosen[name]


@dataclass(frozen=True)
class Commands:
    """How our own programs are started. The API is told in addition where to listen."""

    api: tuple[str, ...] = (
        *(sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"),
        *("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "5"),
    )
    worker: tuple[str, ...] = (sys.executable, "-m", "worker")
    publish: tuple[str, ...] = (sys.executable, "-m", "cli.main", "journeys", "publish", str(EXAMPLES))


def choose_ports(settings: Settings) -> Ports:
    """The wished ports, each replaced by the next free one if something listens there."""
    chosen: dict[str, int] = {}
    moved: dict[str, int] = {}
    for name in PORTS:
        wished: int = getattr(settings, name)
        chosen[name] = next_free_port(wished, frozenset(chosen.values()))
        if chosen[name] != wished:
            moved[name] = wished
    return Ports(chosen, moved)


class Plan:
    """The children of one stack. Nothing is started by making it."""

    def __init__(self, settings: Settings, home: Home, ports: Ports, commands: Commands) -> None:
        self.settings = settings
        self.commands = commands
        self.home = home
        self.ports = ports
        before = home.started_here()
        self.own_database = settings.database_url in ("", before.get("DATABASE_URL"))
        self.own_temporal = settings.temporal_address in ("", before.get("TEMPORAL_ADDRESS"))
        self.write_key = _given(settings.write_key) or stored_secret(home.folder / "write_key", prefix="sj_ingest_")
        self.admin_key = _given(settings.admin_key) or stored_secret(home.folder / "admin_key", prefix="sj_admin_")
        self.database_url = "" if self.own_database else settings.database_url
        self.temporal_address = (
            f"127.0.0.1:{ports['temporal_port']}" if self.own_temporal else settings.temporal_address
        )
        self.temporal_ui_url = f"http://127.0.0.1:{ports['ui_port']}" if self.own_temporal else settings.temporal_ui_url
        self.inbox_url = f"http://127.0.0.1:{ports['inbox_port']}"
        self.own_phone = not settings.twilio_account_sid
        self.phone_url = f"http://127.0.0.1:{ports['phone_port']}" if self.own_phone else ""
        self.url = f"http://127.0.0.1:{ports['port']}"

    def servers(self) -> list[Child]:
        """Temporal, the inbox and the telephone, unless somebody else runs them."""
        children = [self._temporal()] if self.own_temporal else []
        children.append(self._mailbox())
        if self.own_phone:
            children.append(self._phone())
        return children

    def database(self) -> list[Child]:
        """PostgreSQL, unless somebody else runs it. Once it has started, `database_url` is known."""
        return [self._postgres()] if self.own_database else []

    def programs(self) -> list[Child]:
        """The API and the worker. They start while Temporal is still starting, but need `database_url`."""
        alive = self.home.folder / "worker.alive"
        alive.unlink(missing_ok=True)
        listen = ("--host", self.settings.host, "--port", str(self.ports["port"]))
        return [
            self._program("api", [*self.commands.api, *listen], lambda: answers(f"{self.url}/readyz"), patience=10),
            self._program("worker", [*self.commands.worker], alive.exists, patience=self.settings.worker_grace + 10),
        ]

    def started_here(self) -> list[str]:
        """The addresses in `dev_env` that lead to servers of this stack."""
        own = {"DATABASE_URL": self.own_database, "TEMPORAL_ADDRESS": self.own_temporal}
        return [name for name, is_own in own.items() if is_own]

    def dev_env(self) -> dict[str, str]:
        """What scripts and people need to talk to the stack."""
        return {
            "SOJOURN_URL": self.url,
            "SOJOURN_WRITE_KEY": self.write_key,
            "SOJOURN_ADMIN_KEY": self.admin_key,
            "TEMPORAL_ADDRESS": self.temporal_address,
            "TEMPORAL_UI_URL": self.temporal_ui_url,
            "INBOX_URL": self.inbox_url,
            "PHONE_URL": self.phone_url,
            "DATABASE_URL": self.database_url,
            "SOJOURN_TIME_SCALE": f"{self.settings.time_scale:g}",
        }

    def environment(self) -> dict[str, str]:
        """What the API and the worker are told, by the same variables that configure them in production."""
        told = self.dev_env() | {
            "SOJOURN_HOME": str(self.home.folder.resolve()),
            "SOJOURN_HEARTBEAT_FILE": str(self.home.folder.resolve() / "worker.alive"),
            "SOJOURN_PORT": str(self.ports["port"]),
        }
        if "smtp_host" not in self.settings.model_fields_set:
            told |= {"SOJOURN_SMTP_HOST": "127.0.0.1", "SOJOURN_SMTP_PORT": str(self.ports["inbox_smtp_port"])}
        if self.own_phone:
            told |= self._phone_account() | {"SOJOURN_TWILIO_BASE_URL": self.phone_url}
        assert told.keys() <= set(variables().values())
        return os.environ | told | {SHARED_FOLDER: str(self.home.metrics.resolve())}

    def _postgres(self) -> Child:
        def launch(log: Path) -> subprocess.Popen[bytes]:
            server = start_postgres(
                self.home.postgres,
                port=self.ports["postgres_port"],
                log=log,
                binaries=self.settings.postgres_bin,
                options=("max_connections=200",),
            )
            self.database_url = server.url()
            return server.process

        log = self.home.logs / "postgres.log"
        return Child("postgres", log, launch, ready=lambda: True, stop_by=SIGINT, stop_patience=30)

    def _temporal(self) -> Child:
        command = server_command(
            port=self.ports["temporal_port"],
            ui_port=self.ports["ui_port"],
            database=self.home.temporal / "temporal.db",
            codec_endpoint=f"{self.url}/codec",
        )
        retention = timedelta(days=self.settings.temporal_retention_days)
        return Child(
            "temporal",
            self.home.logs / "temporal.log",
            lambda log: launch_temporal(command, log),
            ready=lambda: is_prepared(self.temporal_address, self.settings.temporal_namespace, retention),
        )

    def _mailbox(self) -> Child:
        def launch(log: Path) -> subprocess.Popen[bytes]:
            return launch_mailbox(
                smtp_port=self.ports["inbox_smtp_port"],
                http_port=self.ports["inbox_port"],
                folder=self.home.mailbox,
                log=log,
            )

        log = self.home.logs / "mailbox.log"
        return Child("mailbox", log, launch, ready=lambda: answers(f"{self.inbox_url}/healthz"))

    def _phone_account(self) -> dict[str, str]:
        return {
            "SOJOURN_TWILIO_ACCOUNT_SID": PHONE_ACCOUNT,
            "SOJOURN_TWILIO_AUTH_TOKEN": stored_secret(self.home.folder / "twilio_token"),
            "SOJOURN_TWILIO_SENDER": PHONE_NUMBER,
        }

    def _phone(self) -> Child:
        command = [sys.executable, "-m", "runtime.twilio_double", "--port", str(self.ports["phone_port"])]
        command += ["--account", PHONE_ACCOUNT, "--inbound-url", f"{self.url}{PHONE_REPORTS_TO}"]

        def launch(log: Path) -> subprocess.Popen[bytes]:
            with log.open("ab") as output:
                return start_tethered(command, output=output, environment=os.environ | self._phone_account())

        return Child("phone", self.home.logs / "phone.log", launch, ready=lambda: answers(f"{self.phone_url}/healthz"))

    def _program(self, name: str, command: list[str], ready: Callable[[], bool], patience: float) -> Child:
        def launch(log: Path) -> subprocess.Popen[bytes]:
            with log.open("ab") as output:
                return start_tethered(command, output=output, environment=self.environment())

        return Child(name, self.home.logs / f"{name}.log", launch, ready, stop_patience=patience)


def _given(secret: object) -> str:
    reveal = getattr(secret, "get_secret_value", None)
    return str(reveal()) if reveal else ""
