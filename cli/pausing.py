"""Pausing and resuming journeys and channels: what fell due is shown before a resume is confirmed."""

from typing import Annotated

import typer

from cli.options import AdminKey, AsJson, Url, Wait, Yes
from cli.output import show_fields, show_json, show_table
from cli.server import Json, Server, connect
from cli.waiting import watch_resume
from domain.errors import InvalidInput

Reason = Annotated[str, typer.Option("--reason", help="Why; stands in the audit.")]
Due = Annotated[
    str,
    typer.Option(
        "--due",
        help="What becomes of what fell due: catch_up sends it now, skip leaves it out, spread:4h takes 4 hours.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what fell due, and do nothing.")]


def add_pausing(app: typer.Typer, noun: str, example: str) -> None:
    """Adds `pause` and `resume` for journeys or channels to their commands."""
    name = typer.Argument(metavar=noun.upper(), help=f"The {noun}.")

    def pause(
        named: Annotated[str, name], reason: Reason = "", url: Url = "", key: AdminKey = "", as_json: AsJson = False
    ) -> None:
        with connect(url, key) as server:
            made = server.post(f"/v1/{noun}s/{named}/pause", {"reason": reason})
        show_json(made) if as_json else show_fields(made)

    def resume(
        named: Annotated[str, name],
        due: Due = "catch_up",
        reason: Reason = "",
        dry_run: DryRun = False,
        yes: Yes = False,
        wait: Wait = True,
        url: Url = "",
        key: AdminKey = "",
        as_json: AsJson = False,
    ) -> None:
        order = {**_due(due), "reason": reason}
        with connect(url, key) as server:
            _resume(server, f"/v1/{noun}s/{named}", order, dry_run=dry_run, yes=yes, wait=wait, as_json=as_json)

    pause.__doc__ = PAUSE[noun] + f"\n\nExample: sojourn {noun}s pause {example}"
    resume.__doc__ = RESUME + f"\n\nExample: sojourn {noun}s resume {example} --due spread:4h"
    app.command("pause")(pause)
    app.command("resume")(resume)


PAUSE = {
    "journey": "Hold the effects of a journey: nothing is sent, called or changed. Entries, events, exits and goals go on.",
    "channel": "Hold what goes out by a channel. Sends that would take it wait, and none moves on to another channel.",
}
RESUME = "End a pause. Shows first what fell due meanwhile, and what will become of it."


def _resume(server: Server, path: str, order: Json, *, dry_run: bool, yes: bool, wait: bool, as_json: bool) -> None:
    if dry_run or not yes:
        plan = server.get(f"{path}/resume-plan")
        if dry_run and as_json:
            show_json(plan)
            return
        _show_plan(plan, order, err=as_json)
        if dry_run:
            return
        typer.confirm("Resume?", abort=True, err=as_json)
    resumed = server.post(f"{path}/resume", order)
    if wait and resumed["runs"]:
        watch_resume(server, resumed)
    if as_json:
        show_json(resumed)
    else:
        print(f"Resumed. {_what(order, resumed['runs'])}")


def _show_plan(plan: Json, order: Json, *, err: bool) -> None:
    hold = plan["hold"]
    typer.echo(f"{hold['kind']} {hold['name']} is paused since {hold['held_at']} by {hold['held_by']}.", err=err)
    if plan["entered"] is not None:
        typer.echo(f"{plan['entered']} have entered meanwhile.", err=err)
    people = "1 person" if plan["people"] == 1 else f"{plan['people']} people"
    typer.echo(f"Resting at something that fell due: {_runs(plan['runs'])} of {people}.", err=err)
    if plan["runs"] and not err:
        columns = ("runs", "people", "journey", "version", "step", "does", "oldest", "newest", "overdue")
        show_table(columns, [[group[name] for name in columns] for group in plan["groups"]], empty="")
    typer.echo(_what(order, plan["runs"]), err=err)


def _what(order: Json, runs: int) -> str:
    match order["due"]:
        case "skip":
            return f"What fell due is left out: {_runs(runs)}."
        case "spread":
            return f"What fell due is done, spread over {order['over']}: {_runs(runs)}."
    return f"What fell due is done now: {_runs(runs)}."


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _due(text: str) -> Json:
    """Raises InvalidInput for what is none of the three."""
    word, _, span = text.partition(":")
    if (word, bool(span)) not in (("catch_up", False), ("skip", False), ("spread", True)):
        raise InvalidInput(f"--due: {text} is not known; write catch_up, skip, or spread with a span, as spread:4h.")
    return {"due": word, "over": span} if span else {"due": word}
