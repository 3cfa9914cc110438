"""docs/capacity.md: what one core, one gigabyte and one connection buy, by what was measured."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.measuring.results import Result, Row
from benchmarks.measuring.table import number
from runtime.settings import Settings

Results = Mapping[str, Result | None]

PAGE = Path(__file__).with_suffix(".md")
"""The words; what stands in braces is filled in."""

PROCESSES = 2


def capacity(results: Results) -> str:
    """The page; a dash stands for what has not been measured."""
    mail = _row(results, "event_to_mail", "50/s")
    cold = _row(results, "capacity", "wake one, the oldest first")
    accepted = _row(results, "single_events", "64 connections")
    pool = _default("database_pool")
    return PAGE.read_text().format(
        cores="\n".join(_cores(results)),
        mail=f"{number(mail.total_ms)} CPU-ms, so {number(1000 / mail.total_ms)} a second and core" if mail else "—",
        gigabytes="\n".join(_gigabytes(results)),
        cache=_default("worker_cache"),
        cold=f" ({number(cold.latency_ms['median'])} ms to the mail at the median)" if cold and cold.latency_ms else "",
        commits=f": {number(accepted.rate)} events a second were accepted so, load and all on one machine"
        if accepted
        else "",
        pool=pool,
        processes=PROCESSES,
        connections=PROCESSES * 2 * 2 * pool + PROCESSES,
    )


def _cores(results: Results) -> list[str]:
    asked = (
        ("api", "an event, called singly", "single_events", "64 connections"),
        ("api", "an event in a batch of 100", "batches", "batches of 100"),
        ("worker", "an event that matches nothing", "routing", "matches nothing"),
        ("worker", "an event that starts a run, without its start", "routing", "starts a run"),
        ("postgres", "an event that matches nothing", "routing", "matches nothing"),
        *(
            (process, "event to mail, the whole of it", "event_to_mail", "50/s")
            for process in ("worker", "postgres", "temporal")
        ),
    )
    return [_core(process, what, _row(results, benchmark, row)) for process, what, benchmark, row in asked]


def _core(process: str, what: str, row: Row | None) -> str:
    used = row.cpu_of(process) if row else 0.0
    return (
        f"| {process} | {what} | {number(used)} | {number(1000 / used)} |"
        if used
        else f"| {process} | {what} | — | — |"
    )


def _gigabytes(results: Results) -> list[str]:
    waiting = _row(results, "capacity", "enter and wait")
    facts = waiting.facts if waiting else {}
    asked = (
        ("disk", "a waiting run, in PostgreSQL and Temporal", "disk KB"),
        ("disk", "of it Temporal's", "disk of temporal KB"),
        ("Temporal's memory", "a waiting run", "memory of temporal KB"),
        ("PostgreSQL's memory", "a waiting run, mostly cached pages", "memory of postgres KB"),
        ("the worker's memory", "a run in its cache", "memory of worker KB"),
    )
    return [_gigabyte(where, what, facts.get(fact, 0.0)) for where, what, fact in asked]


def _gigabyte(where: str, what: str, size: float) -> str:
    return (
        f"| {where} | {what} | {number(size)} | {number(round(1e6 / size))} |"
        if size > 0
        else f"| {where} | {what} | — | — |"
    )


def _row(results: Results, benchmark: str, name: str) -> Row | None:
    result = results.get(benchmark)
    return result.row(name) if result else None


def _default(field: str) -> int:
    value: int = Settings.model_fields[field].default
    return value
