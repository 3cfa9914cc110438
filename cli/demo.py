"""`sojourn demo`: a small shop whose customers walk the example journeys in half a minute."""

import signal
import sys
from typing import Annotated

import typer
from rich.console import Console

from runtime.settings import read_settings

PROMISE_BROKEN = 1
WIDTH = 140
"""Columns where there is no terminal to ask."""


def add_commands(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    customers: Annotated[int, typer.Option(min=1, max=900, help="How many come to the shop.")] = 60,
    seed: Annotated[int, typer.Option(help="Another seed brings other people, goods and hours.")] = 1,
    day: Annotated[
        float | None,
        typer.Option(min=0.5, max=10, help="Seconds that a day takes. Default: 1, more while the machine is busy."),
    ] = None,
    stay: Annotated[
        bool, typer.Option("--stay", help="Keep the demo's own stack until Ctrl-C, to look around.")
    ] = False,
) -> None:
    """Let a small shop send customers through the example journeys, and judge what they got.

    A day takes a second. The running stack is used if time flies on it (SOJOURN_TIME_SCALE=86400), else one is started for
    the demo and leaves nothing behind. Exit code 1 when anybody did not get exactly what the journeys promise, or the books
    do not balance.

    Example: sojourn demo --customers 80 --seed 7
    """
    from runtime.demo.play import Options, play  # here: with Temporal's library it takes a second

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the own stack is stopped
    options = Options(home=read_settings().home, customers=customers, seed=seed, day=day, stay=stay)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    if not play(options, console):
        raise typer.Exit(PROMISE_BROKEN)
