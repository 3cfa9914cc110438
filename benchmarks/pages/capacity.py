"""docs/capacity.md: what one core, one gigabyte and one connection buy, by what was measured."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.measuring.results import Result, Row
from benchmarks.measuring.table import number
from runtime.settings import Settings

Results = Mapping[str, Result | None]

PAGE = Path(__file__).with_suffix(".md")
"""The words; what stands in braces is filled in."""

PROCESSES = 2
EXAMPLE = 100_000
"""Waiting runs that are reckoned out."""

_CORES = (
    ("api", "an event, called singly", "single_events", "64 connections"),
    ("api", "an event in a batch of 100", "batches", "batches of 100"),
    ("worker", "an event that matches nothing", "routing", "matches nothing"),
    ("worker", "an event that starts a run, without its start", "routing", "starts a run"),
    ("postgres", "an event that matches nothing", "routing", "matches nothing"),
    *(
        (process, "event to mail, the whole of it", "event_to_mail", "50/s")
        for process in ("worker", "postgres", "temporal")
    ),
    *(
        (process, "a run that begins to wait", "capacity", "enter and wait")
        for process in ("worker", "postgres", "temporal")
    ),
    *(
        (process, "a wait that is over, until its run goes on", "capacity", "timers due in one second")
        for process in ("worker", "postgres", "temporal")
    ),
)
_GIGABYTES = (
    ("disk", "a waiting run, in PostgreSQL and Temporal", "disk KB"),
    ("disk", "of it Temporal's", "disk of temporal KB"),
    ("disk", "of it the run's own row, with its indexes", "disk of run KB"),
    ("disk", "of it the event that began it", "disk of event KB"),
    ("disk", "of it what was decided", "disk of decision KB"),
    ("Temporal's memory", "a waiting run", "memory of temporal KB"),
    ("PostgreSQL's memory", "a waiting run, mostly cached pages", "memory of postgres KB"),
    ("the worker's memory", "a run in its cache", "memory of worker KB"),
)


def capacity(results: Results) -> str:
    """The page. What has not been measured is left out, with a sentence where a whole table is missing."""
    accepted = _row(results, "single_events", "64 connections")
    pool = _default("database_pool")
    return PAGE.read_text().format(
        cores=_table(["process", "what", "CPU-ms", "items a second and core"], _cores(results)),
        mail=_mail(_row(results, "event_to_mail", "50/s")),
        gigabytes=_table(["where", "what", "KB each", "in a GB"], _gigabytes(results)),
        example=_example(results),
        cache=_default("worker_cache"),
        cold=_cold(results),
        commits=f": {number(accepted.rate)} events a second were accepted so, load and all on one machine"
        if accepted
        else "",
        pool=pool,
        processes=PROCESSES,
        connections=PROCESSES * 2 * 2 * pool + PROCESSES,
        due=_due(_row(results, "capacity", "timers due in one second")),
        pages=_pages(results),
    )


def _table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    cells = [list(heads), ["---", "---", "---:", "---:"], *map(list, lines)]
    if len(cells) == 2:
        return "Not measured yet: `make bench`."
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def _cores(results: Results) -> Iterable[Sequence[str]]:
    for process, what, benchmark, name in _CORES:
        row = _row(results, benchmark, name)
        if row and (used := row.cpu_of(process)):
            yield process, what, number(used), number(1000 / used)


def _mail(mail: Row | None) -> str:
    if mail is None:
        return ""
    return (
        f"An event that becomes a mail is the sum of its rows and of the API's: {number(mail.total_ms)} CPU-ms, "
        f"so {number(1000 / mail.total_ms)} a second and core. "
    )


def _gigabytes(results: Results) -> Iterable[Sequence[str]]:
    waiting = _waiting(results)
    for where, what, fact in _GIGABYTES:
        if waiting and (size := waiting.facts.get(fact, 0.0)) > 0:
            yield where, what, number(size), number(round(1e6 / size))


def _example(results: Results) -> str:
    waiting = _waiting(results)
    if waiting is None:
        return ""
    disk, memory = waiting.facts["disk KB"], waiting.facts["memory of temporal KB"]
    return (
        f"{EXAMPLE:,} people who wait are {disk * EXAMPLE / 1e6:.1f} GB of disk and {memory * EXAMPLE / 1e6:.1f} GB of "
        f"Temporal's memory; at {number(waiting.rate)} a second, which is what one machine with everything on it did, they have "
        f"all begun after {EXAMPLE / waiting.rate / 60:.0f} minutes. "
    )


def _cold(results: Results) -> str:
    cold, warm = (
        _row(results, "capacity", "wake a cold one"),
        _row(results, "capacity", "wake one from the worker's cache"),
    )
    if not (cold and warm and cold.latency_ms and warm.latency_ms):
        return ""
    return (
        f" ({number(cold.latency_ms['median'])} ms from the event to the mail at the median, after a restart of the worker; "
        f"{number(warm.latency_ms['median'])} ms from its cache)"
    )


def _due(due: Row | None) -> str:
    if due is None:
        return ""
    return (
        f"{due.items:,} runs whose wait was over in the same second had all gone on after {number(due.seconds)} s, "
        f"{number(due.rate)} a second; the median was {number(due.latency_ms.get('median', 0) / 1000)} s late. "
    )


def _pages(results: Results) -> str:
    reports = results.get("reports")
    shown = [row for row in reports.rows if row.latency_ms and row.floor] if reports else []
    if not shown:
        return ""
    slowest = max(shown, key=lambda row: row.latency_ms["median"])
    usual = sorted(row.latency_ms["median"] for row in shown)[len(shown) // 2]
    return (
        f"With a million runs and ten million decisions a page takes {number(usual)} ms, the slowest ({slowest.name}) "
        f"{number(slowest.latency_ms['median'])} ms ([all of them](performance.md)). "
    )


def _waiting(results: Results) -> Row | None:
    """The largest crowd that was measured."""
    found = results.get("capacity")
    rows = [row for row in found.rows if "disk KB" in row.facts] if found else []
    return rows[-1] if rows else None


def _row(results: Results, benchmark: str, name: str) -> Row | None:
    result = results.get(benchmark)
    return result.row(name) if result else None


def _default(field: str) -> int:
    value: int = Settings.model_fields[field].default
    return value
