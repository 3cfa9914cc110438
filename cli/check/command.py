"""The command: finds, shows, and says by its exit code whether it found something."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.text import Text

from cli.check.gathering import Found, Report, gather
from cli.check.sarif import sarif
from cli.options import AdminKey, AsJson, Url
from cli.output import show_json
from cli.server import Server, find_server
from content.folder import journey_files
from domain.errors import InvalidInput, NotFound

FOUND = 1
_STYLE = {"error": "bold red", "warning": "yellow"}


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH...]", help="Files, or folders with journeys. Default: journeys/.", show_default=False
        ),
    ] = None,
    together: Annotated[
        bool,
        typer.Option("--together", help="Also add up what one customer can get in a week from all journeys together."),
    ] = False,
    fail_on: Annotated[
        Literal["error", "warning"], typer.Option("--fail-on", help="From which level on the exit code is 1.")
    ] = "error",
    sarif_file: Annotated[
        Path | None,
        typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0 for a code host; `-`: to standard output."),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Look at the files only, and ask no server.")] = False,
    url: Url = "",
    key: AdminKey = "",
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with journeys, and what is allowed and still worth a second look.

    Errors keep a journey from being published, warnings do not. With a server, its templates, topics, caps and other
    journeys count too. Exit code 1 when something of the level `--fail-on` or worse was found, 2 for wrong usage.

    Example: sojourn journeys check journeys/ --fail-on warning --sarif journeys.sarif
    """
    if as_json and str(sarif_file) == "-":
        raise InvalidInput("--json and --sarif - both go to standard output. Give SARIF a file.")
    report = _gather(paths or [Path("journeys")], offline, url, key, together)
    if sarif_file is not None:
        _write(sarif_file, json.dumps(sarif(report.found), indent=2, ensure_ascii=False) + "\n")
    if as_json:
        show_json(_as_object(report))
    elif str(sarif_file) != "-":
        _show(report)
    if report.count("error") or (fail_on == "warning" and report.count("warning")):
        raise typer.Exit(FOUND)


def _gather(paths: list[Path], offline: bool, url: str, key: str, together: bool) -> Report:
    try:
        files = journey_files(paths)
    except NotFound as error:
        raise InvalidInput(error.message) from None
    url, key = find_server(url, key)
    if offline or not (url and key):
        return gather(files, None, together=together)
    with Server(url, key) as server:
        return gather(files, server, together=together)


def _write(file: Path, text: str) -> None:
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}.") from None


def _as_object(report: Report) -> dict[str, object]:
    return {
        "journeys": report.journeys,
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "findings": report.found,
        "together": report.together,
    }


def _show(report: Report) -> None:
    """For each finding a line with place, level and code, then why, then what to do."""
    console = Console(soft_wrap=True, highlight=False)
    for one in report.found:
        _show_one(console, one)
    if report.together is not None:
        _show_together(console, report)
    errors, warnings = report.count("error"), report.count("warning")
    count = f"{len(report.journeys)} journey{'' if len(report.journeys) == 1 else 's'}"
    found = f"{_many(errors, 'error')}, {_many(warnings, 'warning')}" if errors or warnings else "nothing found"
    console.print(f"{count}: {found}", markup=False)


def _show_one(console: Console, one: Found) -> None:
    head = Text.assemble(
        f"{one.place}: ", (f"{one.level} {one.code}", _STYLE[one.level]), f"  {one.path}" if one.path else ""
    )
    console.print(head)
    console.print(Text(f"    {one.message}"))
    if one.remedy:
        console.print(Text(f"    {one.remedy}", style="dim"))


def _show_together(console: Console, report: Report) -> None:
    week = report.together
    if week is None:
        return
    most = "any number of messages" if week.most is None else f"at most {week.most} messages"
    by = f" (bounded by {week.by})" if week.by else ""
    console.print(f"Together: {most} to one customer within 7 days{by}; the limit is {week.limit}.", markup=False)
    for one in week.journeys:
        count = "any number" if one.most is None else one.most
        console.print(f"    {one.journey}: {count} ({one.why})", markup=False)


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
