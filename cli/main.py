"""`sojourn`: finds the commands, runs one, and turns errors into exit codes.

A module of this package adds commands by defining `add_commands(app: typer.Typer) -> None`. `HOME_OF` only saves time:
a command that stands there is run without importing the others.
"""

import gc
import pkgutil
import sys
from collections.abc import Iterable
from importlib import import_module

import typer

import cli
from domain.errors import InvalidDocument, InvalidInput, SojournError, Unavailable

EXIT_CODES: dict[type[SojournError], int] = {InvalidDocument: 1, InvalidInput: 2, Unavailable: 3}
"""In this order; any other error is 4. Typer itself uses 2 for a wrong command line."""

HOME_OF = {
    **dict.fromkeys(("up", "down", "reset"), "stack"),
    **dict.fromkeys(("api", "worker", "migrate"), "processes"),
    "restore-runs": "restore_runs",
    **{
        name: name
        for name in (
            "approvals",
            "audit",
            "backtest",
            "channels",
            "demo",
            "explain",
            "journeys",
            "keys",
            "operations",
            "parked",
            "runs",
            "secrets",
            "test",
        )
    },
}


def create_cli(modules: Iterable[str] = ()) -> typer.Typer:
    """The command with what these modules add; without modules, with everything."""
    app = typer.Typer(
        name="sojourn",
        help="Customer journeys as durable workflows. Start with `sojourn up`.",
        epilog="Exit codes: 0 done, 1 a problem was found, 2 wrong usage, 3 something cannot be reached, 4 refused.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # a single command keeps its name
    for name in modules or sorted(module.name for module in pkgutil.iter_modules(cli.__path__)):
        add_commands = getattr(import_module(f"cli.{name}"), "add_commands", None)
        if add_commands is not None:
            add_commands(app)
    return app


def _imported_without_garbage(modules: Iterable[str]) -> typer.Typer:
    """The command. What is imported stays to the end: it is no garbage, and is never looked at again."""
    gc.disable()
    app = create_cli(modules)
    gc.freeze()
    gc.enable()
    return app


def exit_code(error: SojournError) -> int:
    """The exit status that tells a script what kind of error it was."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 4)


def main() -> None:
    wanted = HOME_OF.get(sys.argv[1]) if len(sys.argv) > 1 else None
    try:
        _imported_without_garbage([wanted] if wanted else [])()
    except SojournError as error:
        print(f"sojourn: {error.message}", file=sys.stderr)
        sys.exit(exit_code(error))


if __name__ == "__main__":
    main()
