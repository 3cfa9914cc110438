"""`sojourn journeys`: check, format, publish and look at journeys."""

from pathlib import Path
from typing import Annotated

import typer

from cli import migrating, shadows, versions
from cli.check.command import check as check_command
from cli.checking import Checked, check_files
from cli.options import AdminKey, AsJson, Url
from cli.output import show_fields, show_json, show_table
from cli.pausing import add_pausing
from cli.publishing import publish_files
from cli.server import Server, connect, find_server
from content.folder import journey_files, read_text
from content.yaml import write_ids as write_step_ids

journeys = typer.Typer(
    name="journeys",
    help="Journeys: validate, check, fmt, publish, list, show, versions, diff, compare, shadow, migrate, rollback, pause, resume, "
    "archive.",
    no_args_is_help=True,
)

add_pausing(journeys, "journey", "abandoned-cart")

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Files, or folders with journeys.", show_default=False)
]
PROBLEM_FOUND = 1


journeys.command("check")(check_command)


for more in (versions, migrating, shadows):
    more.add_to(journeys)


def add_commands(app: typer.Typer) -> None:
    app.add_typer(journeys)


@journeys.command()
def validate(
    paths: Paths,
    offline: Annotated[bool, typer.Option("--offline", help="Look at the files only, and ask no server.")] = False,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Check journeys and the templates beside them, and say everything that is wrong.

    Templates and topics of the server count as known too, if one is named. Exit code 1 when something is wrong.

    Example: sojourn journeys validate journeys/ --offline
    """
    checked = _check(paths, offline, url, key)
    if as_json:
        show_json({"valid": not any(one.problems for one in checked), "files": [_as_object(one) for one in checked]})
    else:
        for one in checked:
            _show(one)
            if not one.problems:
                print(f"{one.file}: {', '.join(one.journeys)}: good")
    if any(one.problems for one in checked):
        raise typer.Exit(PROBLEM_FOUND)


@journeys.command()
def fmt(
    paths: Paths,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if a file would change.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Look at the files only, and ask no server.")] = False,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Write an id into every step that has none. Comments and layout stay.

    Example: sojourn journeys fmt journeys/welcome.yaml
    """
    files = journey_files(paths)
    checked = [one for one in _check(paths, offline, url, key) if one.file in files]
    for one in checked:
        _show(one)
    changed = []
    for one in checked:
        text = read_text(one.file)
        if not one.problems and (complete := write_step_ids(text, one.compiled)) != text:
            changed.append(str(one.file))
            if not check:
                one.file.write_text(complete, encoding="utf-8")
    if as_json:
        show_json({"changed": changed, "check": check})
    else:
        for name in changed:
            print(f"{name}: {'would get step ids' if check else 'step ids written'}")
    if any(one.problems for one in checked) or (check and changed):
        raise typer.Exit(PROBLEM_FOUND)


@journeys.command()
def publish(
    paths: Paths,
    write_ids: Annotated[
        bool, typer.Option(help="Write step ids into files whose journeys are published for the first time.")
    ] = True,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Run them beside the live versions, and hand nothing over.")
    ] = False,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Publish topics and templates beside the journeys, then the journeys. What the server has already stays as it is.

    A journey that another one starts or stops is published before it; those that name each other in a circle go together.

    With --shadow a journey's version runs beside the live one on the same events, decides everything and hands nothing over:
    `sojourn journeys compare` shows where they part. Templates that the server has, which the live version sends, are left
    alone. Publishing the same file again without --shadow makes that version live.

    Example: sojourn journeys publish journeys/
    """
    with connect(url, key) as server:
        steps = []
        for step in publish_files(server, journey_files(paths), write_ids=write_ids, shadow=shadow):
            steps.append(step)
            if not as_json:
                version = f" version {step.version}" if step.version is not None else ""
                version += " in shadow" if step.shadow else ""
                print(f"{step.kind} {step.name}{version}{'' if step.changed else ' (unchanged)'}")
                for warning in step.warnings:
                    print(f"  warning: {warning}")
        if as_json:
            show_json({"published": steps})


@journeys.command("list")
def list_(
    archived: Annotated[bool, typer.Option("--archived", help="List archived journeys too.")] = False,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Show the journeys with their versions and the number of their runs.

    Example: sojourn journeys list --json
    """
    with connect(url, key) as server:
        answer = server.get("/v1/journeys", archived=str(archived).lower())
    if as_json:
        show_json(answer)
        return
    rows = [
        (
            one["journey"],
            one["status"],
            one["live_version"],
            "yes" if one["has_draft"] else "",
            sum(count for status, count in one["runs"].items() if status != "ended"),
            sum(one["runs"].values()),
            one["title"],
        )
        for one in answer["items"]
    ]
    columns = ("journey", "status", "version", "draft", "living", "entered", "title")
    show_table(columns, rows, empty="No journeys. Publish some: sojourn journeys publish journeys/")


@journeys.command()
def show(
    journey: Annotated[str, typer.Argument(help="The journey's id.")],
    version: Annotated[int | None, typer.Option(help="Which version; by default the live one, else the draft.")] = None,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Show a journey's text as it was published.

    Example: sojourn journeys show welcome --version 2 > welcome.yaml
    """
    with connect(url, key) as server:
        answer = server.get(f"/v1/journeys/{journey}", version=version)
    if as_json:
        show_json(answer)
    else:
        print(answer["source"], end="" if answer["source"].endswith("\n") else "\n")


@journeys.command()
def archive(
    journey: Annotated[str, typer.Argument(help="The journey's id.")],
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Let nobody enter any more. Runs under way go on to their end; publishing brings the journey back.

    Example: sojourn journeys archive spring-sale
    """
    with connect(url, key) as server:
        answer = server.post(f"/v1/journeys/{journey}/archive")
    if as_json:
        show_json(answer)
    else:
        show_fields({name: answer[name] for name in ("journey", "status", "live_version", "runs")})


def _check(paths: list[Path], offline: bool, url: str, key: str) -> list[Checked]:
    files = journey_files(paths)
    url, key = find_server(url, key)
    if offline or not (url and key):
        return check_files(files, None)
    with Server(url, key) as server:
        return check_files(files, server)


def _show(checked: Checked) -> None:
    """One line for each finding: where, what, and what to do."""
    for problem in checked.problems:
        print(f"{problem.place}: error: {problem}")
    for warning in checked.warnings:
        print(f"{warning.place}: warning: {warning}")


def _as_object(checked: Checked) -> dict[str, object]:
    return {
        "file": str(checked.file),
        "journeys": checked.journeys,
        "problems": checked.problems,
        "warnings": checked.warnings,
    }
