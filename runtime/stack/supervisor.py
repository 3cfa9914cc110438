"""Starts the stack in order, watches it, and stops it in the opposite order. Nothing it starts outlives it."""

import signal
import time
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from domain.errors import Unavailable
from runtime.settings import Settings
from runtime.stack.child import Child
from runtime.stack.first_steps import create_keys, publish_examples
from runtime.stack.home import Home
from runtime.stack.plan import Commands, Plan, choose_ports
from runtime.stack.ports import is_free
from runtime.stack.running import only_stack_in
from runtime.stack.summary import show_summary
from runtime.stack.warnings_view import LogTail
from store.migrate import migrate

ATTEMPTS = 3
"""Starts that are tried when somebody else takes a port between our look and our start."""


class _StopAsked(Exception):
    """Somebody asked the stack to stop while it was starting."""


class Supervisor:
    """One stack in one folder. Call `run` from the main thread: the children end when that thread does."""

    def __init__(self, settings: Settings, commands: Commands | None = None) -> None:
        self._settings = settings
        self._home = Home(settings.home)
        self._commands = commands or Commands()
        self._console = Console(highlight=False, soft_wrap=True)
        self._children: list[Child] = []
        self._stopping = False

    def run(self) -> int:
        """Starts everything, stays until SIGINT, SIGTERM or SIGHUP, stops everything. Gives the exit status.

        Raises Conflict when a stack runs in the folder already, and Unavailable when one of its parts does not start.
        """
        with only_stack_in(self._home):
            for stop_signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(stop_signal, self._ask_to_stop)
            try:
                plan = self._start()
                show_summary(self._console, plan)
                self._watch()
            except _StopAsked:
                pass
            finally:
                self._stop()
        return 0

    def _ask_to_stop(self, *_: object) -> None:
        if self._stopping:  # asked twice: no more patience
            for child in self._children:
                child.kill()
        self._stopping = True

    def _start(self) -> Plan:
        for attempt in range(1, ATTEMPTS + 1):
            ports = choose_ports(self._settings)
            self._home.prepare()
            plan = Plan(self._settings, self._home, ports, self._commands)
            try:
                self._bring_up(plan)
            except Unavailable:
                self._stop()
                somebody_was_faster = any(not is_free(port) for port in ports.chosen.values())
                if attempt == ATTEMPTS or not somebody_was_faster:
                    raise
            else:
                return plan
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _bring_up(self, plan: Plan) -> None:
        """PostgreSQL and its schema first, which take an instant; then all the rest at once."""
        self._launch(plan.database())
        self._go_on()
        migrate(plan.database_url)
        create_keys(plan)
        api, worker = plan.programs()
        servers = plan.servers()
        self._launch([api, *servers, worker])
        self._wait_for([api])
        publish_examples(plan, self._say)
        self._wait_for([*servers, worker])
        self._home.write_dev_env(plan.dev_env(), plan.started_here())

    def _launch(self, children: Iterable[Child]) -> None:
        for child in children:
            self._go_on()
            self._children.append(child)
            child.start()

    def _wait_for(self, children: Iterable[Child]) -> None:
        for child in children:
            child.wait_until_ready(unless=lambda: self._stopping)
            self._go_on()

    def _go_on(self) -> None:
        if self._stopping:
            raise _StopAsked

    def _watch(self) -> None:
        tails = [LogTail(child.name, child.log) for child in self._children]
        while not self._stopping:
            for child, tail in zip(self._children, tails, strict=True):
                child.look_after(self._say)
                tail.show_new(self._show_line)
            time.sleep(0.2)

    def _stop(self) -> None:
        """In the opposite order of starting: API and worker first, PostgreSQL last."""
        order = {
            name: place for place, name in enumerate(("api", "worker", "temporal", "phone", "mailbox", "postgres"))
        }
        if self._children:
            self._console.print("Stopping …")
        for child in sorted(self._children, key=lambda child: order[child.name]):
            child.stop()
        self._children.clear()

    def _say(self, text: str) -> None:
        self._console.print(f"[yellow]stack[/] │ {escape(text)}")

    def _show_line(self, name: str, line: str) -> None:
        self._console.print(f"[cyan]{name}[/] │ {escape(line)}")
