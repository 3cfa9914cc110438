"""`sojourn operations`: orders to many runs, how far they are, and what became of each run."""

from datetime import datetime
from typing import Annotated

import typer

from cli.options import AdminKey, AsJson, Cursor, Limit, Url
from cli.output import show_json, show_page
from cli.server import Json, connect
from cli.waiting import settled, show_operation, watch
from domain.operations import ItemResult, OperationStatus, OperationWord

operations = typer.Typer(
    name="operations", help="Orders to many runs: list, show, pause, resume, cancel.", no_args_is_help=True
)

OperationId = Annotated[str, typer.Argument(metavar="OPERATION", help="The operation's id.")]


def add_commands(app: typer.Typer) -> None:
    app.add_typer(operations)


@operations.command("list")
def list_(
    journey: Annotated[str | None, typer.Argument(help="Only over runs of this journey.")] = None,
    status: Annotated[OperationStatus | None, typer.Option(help="Only with this status.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Show operations, the newest first.

    Example: sojourn operations list --status running
    """
    with connect(url, key) as server:
        page = server.get("/v1/operations", journey=journey, status=status, limit=limit, cursor=cursor)
    if as_json:
        show_json(page)
        return
    columns = ("operation", "kind", "journey", "status", "settled", "total", "by", "at")
    show_page(page, columns, _row, empty="No operations.")


def _row(one: Json) -> list[object]:
    head = [one["id"], one["kind"], one["journey"], one["status"]]
    return [*head, settled(one), one["total"], one["created_by"], _at(one)]


@operations.command()
def show(
    operation: OperationId,
    items: Annotated[
        ItemResult | None, typer.Option("--items", help="List the runs with this outcome, and why.", show_default=False)
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Look until it has ended or is paused.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Show how far an operation is, or what became of its runs.

    Example: sojourn operations show 0199a1b2-... --items skipped
    """
    with connect(url, key) as server:
        found = server.get(f"/v1/operations/{operation}")
        if items is not None:
            page = server.get(f"/v1/operations/{operation}/items", outcome=items, limit=limit, cursor=cursor)
        elif wait:
            found = watch(server, found)
    if items is None:
        show_json(found) if as_json else show_operation(found)
    elif as_json:
        show_json(page)
    else:
        empty = f"No run is listed as {items}."
        show_page(page, ("run", "outcome", "why"), lambda one: [one["run"], one["outcome"], one["note"]], empty=empty)


@operations.command()
def pause(operation: OperationId, url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """Hold an operation; runs that were acted on stay so.

    Example: sojourn operations pause 0199a1b2-...
    """
    _command(operation, "pause", url, key, as_json)


@operations.command()
def resume(operation: OperationId, url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """Let a paused operation go on.

    Example: sojourn operations resume 0199a1b2-...
    """
    _command(operation, "resume", url, key, as_json)


@operations.command()
def cancel(operation: OperationId, url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """End an operation early. Runs that were not acted on are listed as skipped.

    Example: sojourn operations cancel 0199a1b2-...
    """
    _command(operation, "cancel", url, key, as_json)


def _command(operation: str, word: OperationWord, url: str, key: str, as_json: bool) -> None:
    with connect(url, key) as server:
        changed = server.post(f"/v1/operations/{operation}/{word}")
    show_json(changed) if as_json else show_operation(changed)


def _at(operation: dict[str, str]) -> str:
    return f"{datetime.fromisoformat(operation['created_at']):%Y-%m-%d %H:%M}"
