"""`sojourn parked`: runs that cannot go on by themselves, by cause; tried again, led past their step, or ended, many at once."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.options import AdminKey, AsJson, Rate, Reason, Runs, Sample, Url, Wait, Yes, share_of
from cli.output import show_json, show_table
from cli.server import Json, Server, connect
from cli.waiting import finish
from domain.durations import parse_duration
from domain.errors import InvalidInput
from domain.parking import StalePolicy

parked = typer.Typer(
    name="parked", help="Parked runs: list by cause, retry, skip, end; many at once.", no_args_is_help=True
)

Journey = Annotated[str | None, typer.Argument(help="Only of this journey.")]
Step = Annotated[str | None, typer.Option("--step", help="Only at this step.")]
Code = Annotated[str | None, typer.Option("--code", help="Only for this cause, as `sojourn parked list` shows it.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Only parked since: a span as 2d, or a time as 2026-03-01T09:00Z.")
]
Most = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many, those parked first.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would become of them, and do nothing.")]


def add_commands(app: typer.Typer) -> None:
    app.add_typer(parked)


@parked.command("list")
def list_parked(journey: Journey = None, url: Url = "", key: AdminKey = "", as_json: AsJson = False) -> None:
    """Show parked runs by journey, step and cause, and what mends each.

    Example: sojourn parked list abandoned-cart
    """
    with connect(url, key) as server:
        groups = server.get("/v1/parked", journey=journey)
    if as_json:
        show_json(groups)
        return
    columns = ("runs", "journey", "version", "step", "code", "oldest", "newest", "example")
    rows = [[group[name] for name in columns] for group in groups["items"]]
    show_table(columns, rows, empty="No run is parked.")
    for code, group in {group["code"]: group for group in groups["items"]}.items():
        print(f"{code}: {group['why'] or ''} {group['remedy']}".replace(":  ", ": "))


@parked.command()
def retry(
    journey: Journey = None,
    step: Step = None,
    code: Code = None,
    since: Since = None,
    run: Runs = None,
    limit: Most = None,
    sample: Sample = None,
    stale: Annotated[StalePolicy, typer.Option(help="What comes too late: as its `if_late` says, or this.")] = "as_set",
    stale_after: Annotated[
        str | None,
        typer.Option("--stale-after", help="What was parked for longer than this, as 2d, is too late as well."),
    ] = None,
    rate: Rate = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: Wait = True,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Try the step of parked runs again, once the cause is mended. What is too late by now is not sent.

    Example: sojourn parked retry abandoned-cart --step reminder --limit 5
    """
    order = _order(journey, step, code, since, run, limit, sample, rate, reason)
    order |= {"stale": stale, "stale_after": stale_after}
    with connect(url, key) as server:
        _give(server, "retry", order, dry_run=dry_run, yes=yes, wait=wait, as_json=as_json)


def _add(action: str, doc: str) -> None:
    """Adds what is done with runs whatever their step would come to."""

    def act(
        journey: Journey = None,
        step: Step = None,
        code: Code = None,
        since: Since = None,
        run: Runs = None,
        limit: Most = None,
        sample: Sample = None,
        rate: Rate = None,
        reason: Reason = "",
        dry_run: DryRun = False,
        yes: Yes = False,
        wait: Wait = True,
        url: Url = "",
        key: AdminKey = "",
        as_json: AsJson = False,
    ) -> None:
        order = _order(journey, step, code, since, run, limit, sample, rate, reason)
        with connect(url, key) as server:
            _give(server, action, order, dry_run=dry_run, yes=yes, wait=wait, as_json=as_json)

    act.__doc__ = doc
    parked.command(action)(act)


_add(
    "skip",
    "Let parked runs go on behind their step, as if it had been skipped.\n\n"
    "Example: sojourn parked skip abandoned-cart --code template_missing",
)
_add("end", 'End parked runs for good.\n\nExample: sojourn parked end abandoned-cart --reason "the offer is over"')


def _order(
    journey: str | None,
    step: str | None,
    code: str | None,
    since: str | None,
    run: list[str] | None,
    limit: int | None,
    sample: str | None,
    rate: float | None,
    reason: str,
) -> Json:
    order: Json = {"journey": journey, "step": step, "code": code, "since": _moment(since), "runs": run or None}
    order |= {"limit": limit, "sample": share_of(sample), "rate": rate, "reason": reason or None}
    return {name: value for name, value in order.items() if value is not None}


def _give(server: Server, action: str, order: Json, *, dry_run: bool, yes: bool, wait: bool, as_json: bool) -> None:
    order = {name: value for name, value in order.items() if value is not None}
    if dry_run or not yes:
        plan = server.post(f"/v1/parked/{action}/plan", order)
        if dry_run and as_json:
            show_json(plan)
            return
        _show_plan(plan, err=as_json)
        if dry_run or not plan["runs"]:
            return
        typer.confirm("Do it?", abort=True, err=as_json)
    finish(server, server.post(f"/v1/parked/{action}", order), wait=wait, as_json=as_json)


def _show_plan(plan: Json, *, err: bool) -> None:
    if not plan["runs"]:
        typer.echo("No parked run is meant.", err=err)
        return
    first = f", of which the first {plan['judged']} were looked at" if plan["judged"] < plan["runs"] else ""
    typer.echo(f"{'1 run' if plan['runs'] == 1 else str(plan['runs']) + ' runs'}{first}:", err=err)
    for one in plan["reckoned"]:
        typer.echo(f"  {one['runs']:>6}  {one['verdict']:<6} {one['why']}".rstrip(), err=err)


def _moment(text: str | None) -> str | None:
    """A span is counted back from now."""
    if text is None:
        return None
    try:
        return (datetime.now(UTC) - parse_duration(text)).isoformat()
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"--since: {text} is neither a span as 2d nor a time as 2026-03-01T09:00Z.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
