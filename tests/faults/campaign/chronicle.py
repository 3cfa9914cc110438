"""A campaign's report for the terminal and for docs/reliability.md."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults.campaign.play import Report, as_json
from tests.faults.campaign.trouble import TROUBLES

MOST_LINES = 30


def show(report: Report, console: Console) -> None:
    table = Table(title=f"Campaign with seed {report.seed}: {report.people} people, {report.seconds:.0f} s")
    table.add_column("trouble")
    table.add_column("times", justify="right")
    for name in TROUBLES:
        said = report.not_possible.get(name)
        table.add_row(name, said or str(report.troubles.get(name, 0)))
    console.print(table)
    for name, value in figures(report):
        console.print(f"  {name}: {value}")
    for line in report.verdict.wrong[:MOST_LINES]:
        console.print(f"[red]{line}[/red]", highlight=False)
    if len(report.verdict.wrong) > MOST_LINES:
        console.print(f"… and {len(report.verdict.wrong) - MOST_LINES} more")


def figures(report: Report) -> list[tuple[str, str]]:
    verdict = report.verdict
    sizes = [
        f"{name} {growth.sizes[0]:.0f}, {growth.sizes[-1]:.0f}, {growth.per_run:.1f} KiB for each run"
        for name, growth in sorted(report.memory.items())
    ]
    grown = "; ".join(sizes) or "not looked at"
    return [
        ("processes killed with -9", str(report.deaths)),
        ("events accepted, each there once", str(verdict.events)),
        ("runs, each with the model's path", str(verdict.runs)),
        ("messages in the ledger as handed over", str(verdict.messages)),
        ("messages that went through a visible unknown", str(verdict.unknown)),
        ("SMS among these that Twilio's own list settled", str(verdict.traced)),
        ("mails that the server took more than once, all by way of an unknown", str(verdict.doubled)),
        (
            f"runs carried in turn by a worker of {report.older or 'an older version'} and by one of today's",
            str(verdict.both_versions),
        ),
        ("seconds from the last trouble to the last end", f"{report.settled_after:.0f}"),
        ("resident MiB after the first and the last wave in calm, and growth after warm-up", grown),
        ("differences between the books", str(len(verdict.wrong))),
    ]


def write(report: Report, result: Path, page: Path) -> None:
    """Writes the figures as JSON, and the table of the page between its two marks. Raises ValueError without marks."""
    result.write_text(as_json(report) + "\n")
    before, begin, rest = page.read_text().partition("<!-- figures -->\n")
    _, end, after = rest.partition("<!-- end of figures -->")
    if not begin or not end:
        raise ValueError(f"{page.name} has no marks between which the figures stand")
    page.write_text(f"{before}{begin}{table_of(json.loads(result.read_text()), report)}\n{end}{after}")


def table_of(stored: dict[str, object], report: Report) -> str:
    lines = [f"Seed {stored['seed']}, {stored['people']} people, {report.seconds:.0f} seconds.", ""]
    lines += ["| trouble | times |", "|---|---|"]
    lines += [f"| {name} | {report.not_possible.get(name) or report.troubles.get(name, 0)} |" for name in TROUBLES]
    lines += ["", "| afterwards | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in figures(report)]
    return "\n".join(lines)
