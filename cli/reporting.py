"""Reports of simulations and back-tests on a terminal, as JSON, as a page; and how far the work has come."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from cli.output import show_json
from lab.figures.page import page
from lab.figures.report import Report
from lab.figures.words import sections


def say(text: str) -> None:
    """A line for people, beside whatever a script reads."""
    print(text, file=sys.stderr)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Called with how many are done and how many there are. Nothing is shown where nobody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total: None
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show(report: Report, *, as_json: bool, html: Path | None) -> None:
    """The report as it was asked for; where the page went is said in any case."""
    if html is not None:
        html.write_text(page(report), encoding="utf-8")
        say(f"The report is in {html}.")
    if as_json:
        show_json({**report.model_dump(mode="json"), "sent": report.sent, "entered": report.entered})
    else:
        _tell(report)


def _tell(report: Report) -> None:
    from rich.table import Table

    console = Console()
    for section in sections(report):
        console.print(f"\n[bold]{section.title}[/bold]" if section.title else "", highlight=False)
        for line in section.lines:
            console.print(line, highlight=False, markup=False)
        if section.rows:
            table = Table(box=None, header_style="bold", pad_edge=False)
            for number, column in enumerate(section.columns):
                table.add_column(column, justify="left" if number == 0 or not section.is_number(number) else "right")
            for row in section.rows:
                table.add_row(*(str(cell) for cell in row))
            console.print(table)
