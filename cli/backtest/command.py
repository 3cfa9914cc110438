"""`sojourn backtest`: what a draft would have done with what was recorded."""

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson

INTERRUPTED = 130


def add_commands(app: typer.Typer) -> None:
    app.command("backtest")(backtest)


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    draft: str
    journey: str | None
    since: str | None
    until: str | None
    segment: Path | None
    where: str | None
    against: int | None
    tolerance: str
    jobs: int
    resume: Path | None
    checkpoint: Path | None
    html: Path | None
    people: Path | None
    as_json: bool


def backtest(
    draft: Annotated[
        str,
        typer.Argument(
            metavar="JOURNEY[@draft|@VERSION] | FILE", help="What is tried: the live version, a draft, a file."
        ),
    ],
    since: Annotated[
        str | None, typer.Option("--since", metavar="WHEN", help="Begin: 90d ago (the default), or 2026-03-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="WHEN", help="End: 7d ago, or a date. Default: now.")
    ] = None,
    segment: Annotated[
        Path | None,
        typer.Option("--segment", metavar="FILE", help="Only customers for whom the rule in this file holds today."),
    ] = None,
    where: Annotated[
        str | None, typer.Option("--where", metavar="RULE", help="The same in a line, as in 'country: DE'.")
    ] = None,
    against: Annotated[
        int | None,
        typer.Option("--against", metavar="VERSION", min=1, help="Compare with runs of this version only."),
    ] = None,
    journey: Annotated[str | None, typer.Option("--journey", help="Which journey of a file with several.")] = None,
    tolerance: Annotated[
        str, typer.Option("--tolerance", metavar="SPAN", help="Moments so far apart count as the same.")
    ] = "15m",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the report as one page.")] = None,
    people: Annotated[
        Path | None, typer.Option("--people", metavar="FILE", help="Write every person's story as JSON lines.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=1, help="How many processes.")] = os.cpu_count() or 1,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", metavar="FILE", help="Go on from the checkpoint of one that was broken off."),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", metavar="FILE", help="Where one is kept. Default: JOURNEY.backtest.json"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try a draft on the past: recorded events, profiles and consents as they were, nothing sent.

    Tells who would have entered, been sent what and when, been held back and why, and how it would have differed from
    what really happened. It only reads, in one snapshot of the database.

    Examples:

      sojourn backtest journeys/welcome.yaml --since 30d --html report.html

      sojourn backtest welcome@draft --since 2026-03-01 --against 3

      sojourn backtest welcome --where 'country: [DE, AT]' --people people.jsonl
    """
    from cli.backtest.asking import ask  # the help needs none of it
    from cli.installation import database_in_words

    wish = Wish(
        draft=draft,
        journey=journey,
        since=since,
        until=until,
        segment=segment,
        where=where,
        against=against,
        tolerance=tolerance,
        jobs=jobs,
        resume=resume,
        checkpoint=checkpoint,
        html=html,
        people=people,
        as_json=as_json,
    )
    with database_in_words():
        finished = asyncio.run(ask(wish, datetime.now(UTC)))
    if not finished:
        raise typer.Exit(INTERRUPTED)
