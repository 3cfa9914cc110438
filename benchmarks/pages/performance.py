"""docs/performance.md: what was measured, beside its floor and its goal."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.measuring.results import Goal, Machine, Result
from benchmarks.measuring.table import cells, number, words

HEAD = Path(__file__).with_suffix(".md")
"""The words before the figures."""

TRIALS = "trials"


def performance(results: Mapping[str, Result | None], modules: Mapping[str, Any]) -> str:
    """The page. `modules` have the title, the description and the note of each benchmark."""
    parts = [HEAD.read_text(), _overview(results, modules)]
    for name, result in results.items():
        module = modules[name]
        parts.append(f"## {module.TITLE}\n")
        parts.append(_description(module.__doc__) + "\n")
        parts.append(
            _section(name, result) if result else f"Not measured yet: `make bench-{name.replace('_', '-')}`.\n"
        )
        if module.NOTE:
            parts.append(" ".join(module.NOTE.split()) + "\n")
    return "\n".join(parts)


def _overview(results: Mapping[str, Result | None], modules: Mapping[str, Any]) -> str:
    lines = ["## Goals\n", "| benchmark | goal | measured | |", "|---|---|---:|---|"]
    for name, result in results.items():
        for goal in result.goals if result else ():
            sign = "≤" if goal.is_most else "≥"
            limit = f"{sign} {number(goal.limit)}{goal.unit}"
            met = "met" if goal.is_met else "**missed**"
            title = modules[name].TITLE
            lines.append(
                f"| [{title}](#{_anchor(title)}) | {goal.what} {limit} | {number(goal.measured)}{goal.unit} | {met} |"
            )
    return "\n".join(lines) + "\n"


def _section(name: str, result: Result) -> str:
    processes = list(dict.fromkeys(process for row in result.rows for process in row.cpu_ms))
    heads = [
        "",
        "items/s",
        "CPU-ms",
        *processes,
        "median ms",
        "p99 ms",
        "times chosen" if name == TRIALS else "times floor",
    ]
    lines = [_line(heads), _line(["---", *["---:"] * (len(heads) - 1)])]
    lines += [_line([row.name, *cells(result, row, processes)]) for row in result.rows]
    lines.append("")
    for row in result.rows:
        if row.facts and name != TRIALS:
            lines.append(
                f"* {row.name}: " + ", ".join(f"{fact} {number(value)}" for fact, value in row.facts.items()) + "."
            )
    lines += [f"* {_verdict(goal)}" for goal in result.goals]
    lines += [f"* Left out: {text}" for text in result.left_out]
    lines += ["", _conditions(result)]
    return "\n".join(lines) + "\n"


def _verdict(goal: Goal) -> str:
    return f"{'Met' if goal.is_met else '**Missed**'}: {words(goal)}."


def _conditions(result: Result) -> str:
    size = "" if result.size == "full" else f" Size: {result.size}."
    load = f" Load before it: {result.machine.load_before:g}."
    rounds = f" Of {result.rounds} rounds the one whose floor took least." if result.rounds > 1 else ""
    revision = result.revision or "an unknown revision"
    return f"Measured {result.at[:10]} at {revision}, on {_machine(result.machine)}.{size}{load}{rounds}"


def _machine(machine: Machine) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    return f"{machine.processors} × {machine.processor}, {machine.memory_gb:.0f} GB, {machine.system}; {versions}"


def _description(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _line(columns: list[str]) -> str:
    return "| " + " | ".join(columns) + " |"


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
