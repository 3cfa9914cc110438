"""`sojourn runs`: who is under way, and what operators do about it."""

from typing import Annotated

import typer

from cli.chosen_runs import add_to
from cli.options import AdminKey, AsJson, Cursor, Limit, Url
from cli.output import show_fields, show_json, show_page
from cli.parked import list_parked
from cli.server import Json, connect
from domain.records import RunStatus

runs = typer.Typer(name="runs", help="Runs: list, look into, pause, resume, stop.", no_args_is_help=True)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; stands in the audit.")]


def add_commands(app: typer.Typer) -> None:
    app.add_typer(runs)


runs.command("parked")(list_parked)


@runs.command("list")
def list_(
    journey: Annotated[str | None, typer.Argument(help="Only this journey.")] = None,
    status: Annotated[RunStatus | None, typer.Option(help="Only runs with this status.")] = None,
    step: Annotated[str | None, typer.Option(help="Only runs at this step.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only runs of this customer id.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Show runs, the newest entry first.

    Example: sojourn runs list abandoned-cart --status parked
    """
    with connect(url, key) as server:
        page = server.get(
            "/v1/runs", journey=journey, status=status, step=step, customer=customer, limit=limit, cursor=cursor
        )
    if as_json:
        show_json(page)
        return
    columns = ("run", "journey", "version", "status", "step", "until", "entered")
    show_page(page, columns, _row, empty="No runs.")


def _row(run: Json) -> list[object]:
    status = run["ended_reason"] or run["status"]
    return [
        run["id"], run["journey"], run["version"], status, run["step"], run["waiting_until"], run["entered_at"],
    ]  # fmt: skip


@runs.command()
def show(run: RunId, url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """Show one run: where it is, what started it, what it waits for. `sojourn explain --run` tells why.

    Example: sojourn runs show 0199a1b2-...
    """
    with connect(url, key) as server:
        _show(server.get(f"/v1/runs/{run}"), as_json)


@runs.command("skip-wait")
def skip_wait(run: RunId, reason: Reason = "", url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """End the wait of a run now, as if its time were over.

    Example: sojourn runs skip-wait 0199a1b2-...
    """
    _act(run, "skip-wait", {"reason": reason}, url, key, as_json)


@runs.command()
def retry(run: RunId, reason: Reason = "", url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """Try the step of a parked run again, once the cause is mended.

    Example: sojourn runs retry 0199a1b2-...
    """
    _act(run, "retry", {"reason": reason}, url, key, as_json)


@runs.command()
def stop(run: RunId, reason: Reason = "", url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """End a run for good.

    Example: sojourn runs stop 0199a1b2-... --reason "asked by phone"
    """
    _act(run, "stop", {"reason": reason}, url, key, as_json)


def _act(run: str, action: str, order: Json, url: str, key: str, as_json: bool) -> None:
    with connect(url, key) as server:
        _show(server.post(f"/v1/runs/{run}/{action}", order), as_json)


def _show(run: Json, as_json: bool) -> None:
    if as_json:
        show_json(run)
        return
    listens = [" or ".join(listen.get("events") or ["a rule"]) for listen in run["listens"]]
    hidden = ("listens", "path", "time_scale")
    show_fields(
        {name: value for name, value in run.items() if name not in hidden}
        | {"path": " → ".join(run["path"]), "hears": ", ".join(listens)}
    )


add_to(runs, _show)
