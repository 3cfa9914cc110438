"""`sojourn runs pause` and `resume`: one run by its id, or many that are chosen by where they stand."""

from collections.abc import Callable
from typing import Annotated

import typer

from cli.options import AdminKey, AsJson, Rate, Reason, Runs, Sample, Url, Wait, Yes, share_of
from cli.output import show_json, show_table
from cli.server import Json, Server, connect
from cli.waiting import finish
from domain.errors import InvalidInput

RunId = Annotated[str | None, typer.Argument(metavar="[RUN]", help="One run's id; without it, choose by the options.")]
Journey = Annotated[str | None, typer.Option("--journey", help="Runs of this journey.")]
Version = Annotated[int | None, typer.Option("--version", min=1, help="Only on this version.")]
Step = Annotated[str | None, typer.Option("--step", help="Only at this step.")]
Most = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many, those that entered first.")]
SkipDue = Annotated[
    bool, typer.Option("--skip-due", help="Leave out the sends that fell due meanwhile, instead of catching up.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say which runs are meant, and do nothing.")]

ShowOne = Callable[[Json, bool], None]


def add_to(runs: typer.Typer, show_one: ShowOne) -> None:
    """Adds the commands to `sojourn runs`. `show_one` shows a single run."""

    @runs.command()
    def pause(
        run: RunId = None,
        journey: Journey = None,
        version: Version = None,
        step: Step = None,
        chosen: Runs = None,
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
        """Hold runs: they send nothing and keep what they hear. Exits and goals still end them.

        One by its id, or many of a journey; to hold a whole journey, also those still to come: sojourn journeys pause.

        Example: sojourn runs pause --journey abandoned-cart --step reminder --reason "template is wrong"
        """
        order = _order(journey, version, step, chosen, limit, sample, rate)
        with connect(url, key) as server:
            if run is not None:
                _one(server, run, "pause", order, {"reason": reason}, show_one, as_json)
                return
            _many(server, "pause", order | {"reason": reason}, dry_run=dry_run, yes=yes, wait=wait, as_json=as_json)

    @runs.command()
    def resume(
        run: RunId = None,
        journey: Journey = None,
        version: Version = None,
        step: Step = None,
        chosen: Runs = None,
        limit: Most = None,
        sample: Sample = None,
        skip_due: SkipDue = False,
        rate: Rate = None,
        reason: Reason = "",
        dry_run: DryRun = False,
        yes: Yes = False,
        wait: Wait = True,
        url: Url = "",
        key: AdminKey = "",
        as_json: AsJson = False,
    ) -> None:
        """Let paused runs go on. Of many, those whose time was up meanwhile are counted before you confirm.

        Example: sojourn runs resume --journey abandoned-cart --skip-due
        """
        order = _order(journey, version, step, chosen, limit, sample, rate)
        said = {"reason": reason, "due": "skip" if skip_due else "catch_up"}
        with connect(url, key) as server:
            if run is not None:
                _one(server, run, "resume", order, said, show_one, as_json)
                return
            _many(server, "resume", order | said, dry_run=dry_run, yes=yes, wait=wait, as_json=as_json)


def _order(
    journey: str | None,
    version: int | None,
    step: str | None,
    runs: list[str] | None,
    limit: int | None,
    sample: str | None,
    rate: float | None,
) -> Json:
    order: Json = {"journey": journey, "version": version, "step": step, "runs": runs or None}
    order |= {"limit": limit, "sample": share_of(sample), "rate": rate}
    return {name: value for name, value in order.items() if value is not None}


def _one(server: Server, run: str, word: str, order: Json, said: Json, show: ShowOne, as_json: bool) -> None:
    if order:
        raise InvalidInput(f"either one run by its id, or many by {', '.join(f'--{name}' for name in order)}.")
    show(server.post(f"/v1/runs/{run}/{word}", said), as_json)


def _many(server: Server, word: str, order: Json, *, dry_run: bool, yes: bool, wait: bool, as_json: bool) -> None:
    if not {"journey", "runs"} & order.keys():
        raise InvalidInput(
            f"which runs? Name one by its id, or choose: sojourn runs {word} --journey JOURNEY --step STEP."
        )
    if dry_run or not yes:
        plan = server.post(f"/v1/runs/{word}/plan", order)
        if dry_run and as_json:
            show_json(plan)
            return
        _show_plan(plan, word, err=as_json)
        if dry_run or not plan["runs"]:
            return
        typer.confirm("Do it?", abort=True, err=as_json)
    finish(server, server.post(f"/v1/runs/{word}", order), wait=wait, as_json=as_json)


def _show_plan(plan: Json, word: str, *, err: bool) -> None:
    if not plan["runs"]:
        typer.echo(f"No run is meant that could {word}.", err=err)
        return
    runs = "1 run" if plan["runs"] == 1 else f"{plan['runs']} runs"
    due = f", of which {plan['due']} go on at once: their time was up meanwhile" if plan["due"] else ""
    typer.echo(f"{runs}{due}.", err=err)
    if not err:
        columns = ("runs", "journey", "version", "step", "due")
        show_table(columns, [[group[name] for name in columns] for group in plan["groups"]], empty="")
