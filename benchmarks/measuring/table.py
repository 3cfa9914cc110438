"""A result as a table on the terminal, beside what was last committed."""

from rich.console import Console
from rich.table import Table

from benchmarks.measuring.results import Goal, Result, Row, ratio


def show(result: Result, before: Result | None, title: str) -> None:
    """Prints rows, goals and what was left out. `before` is compared only if it is of the same size."""
    before = before if before is not None and before.size == result.size else None
    processes = list(dict.fromkeys(process for row in result.rows for process in row.cpu_ms))
    table = Table(title=f"{title} ({result.size})", title_justify="left")
    table.add_column("")
    for column in ("items/s", "CPU-ms", *processes, "median ms", "p99 ms", "x floor", "x committed"):
        table.add_column(column, justify="right")
    for row in result.rows:
        table.add_row(row.name, *cells(result, row, processes), _change(row, before))
    console = Console(width=max(100, 60 + 12 * (len(processes) + 6)))
    console.print(table)
    for row in result.rows:
        if row.facts:
            facts = ", ".join(f"{name} {number(value)}" for name, value in row.facts.items())
            console.print(f"  {row.name}: {facts}", highlight=False)
    for goal in result.goals:
        console.print(f"  {'[green]met[/]   ' if goal.is_met else '[red]missed[/]'} {words(goal)}", highlight=False)
    for words_ in result.left_out:
        console.print(f"  left out: {words_}", highlight=False)


def cells(result: Result, row: Row, processes: list[str]) -> list[str]:
    """A row's cells: rate, CPU, CPU by process, latencies, ratio to its floor."""
    used = [number(row.cpu_ms[process]) if process in row.cpu_ms else "" for process in processes]
    latency = [number(row.latency_ms[name]) if name in row.latency_ms else "" for name in ("median", "p99")]
    floor = result.row(row.floor) if row.floor else None
    total = number(row.total_ms) if row.cpu_ms else ""
    return [number(row.rate), total, *used, *latency, f"{ratio(row.total_ms, floor.total_ms):.2f}" if floor else ""]


def words(goal: Goal) -> str:
    """A goal in words, with what was measured."""
    limit = f"at {'most' if goal.is_most else 'least'} {number(goal.limit)}{goal.unit}"
    return f"{goal.what}: {number(goal.measured)}{goal.unit} ({limit})"


def number(value: float) -> str:
    """As many digits as mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _change(row: Row, before: Result | None) -> str:
    old = before.row(row.name) if before is not None else None
    return f"{ratio(row.total_ms, old.total_ms):.2f}" if old is not None and old.total_ms else ""
