"""The one-command stack: `sojourn up`, `sojourn down`, `sojourn reset`."""

from typing import Annotated

import typer

from runtime.settings import load_settings, read_settings
from runtime.stack.home import Home
from runtime.stack.running import stop_running_stack
from runtime.stack.supervisor import Supervisor


def add_commands(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(down)
    app.command()(reset)


def up() -> None:
    """Start everything on this machine and stay until Ctrl-C.

    PostgreSQL, Temporal with its Web UI, an inbox for mail, the API and a worker. Data stays in .sojourn/ between starts.

    Example: SOJOURN_PORT=8100 SOJOURN_HOME=.sojourn-two sojourn up
    """
    settings = load_settings()
    raise typer.Exit(Supervisor(settings).run())


def down() -> None:
    """Stop the running stack and wait until it has gone.

    Example: sojourn down
    """
    stopped = stop_running_stack(Home(read_settings().home))
    print("Stopped." if stopped else "No stack is running here.")


def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop the stack and delete its data: customers, events, runs, mail, generated keys.

    Example: sojourn reset --yes
    """
    home = Home(read_settings().home)
    if not home.exists():
        print(f"Nothing to delete: there is no {home.folder}.")
        return
    if not yes:
        typer.confirm(f"Delete all data in {home.folder.resolve()}?", abort=True)
    stop_running_stack(home)
    home.forget()
    print("Deleted.")
