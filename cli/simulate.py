"""`sojourn simulate`: many made-up customers through a draft, on a virtual clock."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AsJson
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from domain.program import Program
    from lab.figures.tally import Tally
    from lab.library import Library
    from lab.simulate.living import Setting

PORTION = 100
"""Customers that a process takes at a time. The result is the same for any number of processes."""


def add_commands(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def _show_schema(wanted: bool) -> None:
    if wanted:
        from cli.output import show_json
        from lab.simulate.schema import model_schema

        show_json(model_schema())
        raise typer.Exit


def simulate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The journey, as in journeys/welcome.yaml.")],
    events: Annotated[
        Path,
        typer.Option("--events", metavar="MODEL", help="Who the customers are and what they do: a model file."),
    ],
    customers: Annotated[int, typer.Option("--customers", metavar="N", min=1, help="How many.")] = 1_000,
    seed: Annotated[str, typer.Option("--seed", help="Another seed makes other customers.")] = "1",
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3_650, help="How long. Default: what the model says.")
    ] = None,
    journey: Annotated[str | None, typer.Option("--journey", help="Which journey of a file with several.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the report as one page.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=1, help="How many processes.")] = os.cpu_count() or 1,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema", is_eager=True, callback=_show_schema, help="Print the JSON Schema of model files, for editors."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send made-up customers through a draft: volumes per step and day, messages per person, who waits where.

    The same seed gives the same figures. No server is needed and nothing is sent.

    Example: sojourn simulate journeys/welcome.yaml --customers 1000 --events journeys/welcome.model.yaml --html report.html
    """
    from cli.reporting import progress_bar, show  # the help needs none of it
    from lab.library import library_of
    from lab.simulate.gathering import report_of
    from lab.simulate.living import Setting
    from lab.simulate.reading import check_names, read_model

    library = library_of(file.parent)
    program = _program(library, file, journey)
    model = read_model(events)
    check_names(model, program, library.topics, events)
    setting = Setting(program, library, library.topics, model, seed, days or model.days)
    with progress_bar("customers") as bar:
        tally = gather(setting, customers, jobs, lambda done: bar(done, customers))
    show(report_of(tally, setting, f"{program.journey} as in {file.name}"), as_json=as_json, html=html)


def _program(library: "Library", file: Path, journey: str | None) -> "Program":
    if not file.is_file():
        raise InvalidInput(f"there is no file {file}.")
    programs = [one for one in library.programs(file) if journey in (None, one.journey)]
    if len(programs) != 1:
        listed = ", ".join(one.journey for one in library.programs(file))
        raise InvalidInput(f"{file} holds {listed}: name one with --journey.")
    return programs[0]


def gather(setting: "Setting", customers: int, jobs: int, told: Callable[[int], None]) -> "Tally":
    """The totals of so many customers; tells how many are done."""
    from lab.figures.tally import Tally
    from lab.simulate.gathering import gather as gather_some

    tally = Tally()
    portions = [range(first, min(first + PORTION, customers)) for first in range(0, customers, PORTION)]
    if jobs == 1 or len(portions) == 1:
        for portion in portions:
            tally.add(gather_some(portion, setting))
            told(portion.stop)
        return tally
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    with ProcessPoolExecutor(min(jobs, len(portions)), context) as pool:
        begun: deque[tuple[range, Future[Tally]]] = deque()
        for portion in portions:
            begun.append((portion, pool.submit(gather_some, portion, setting)))
            if len(begun) > 4 * jobs:
                done, future = begun.popleft()
                tally.add(future.result())
                told(done.stop)
        for done, future in begun:
            tally.add(future.result())
            told(done.stop)
    return tally
