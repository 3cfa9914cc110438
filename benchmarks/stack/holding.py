"""What a stack holds: the memory of its processes, and its disk by table. And whether a machine could hold more."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stack.own import Stack

KB = 1024
PROCESSES = ("api", "worker", "postgres", "temporal")

_TABLES = """
    SELECT coalesce(parent.relname, c.relname), sum(pg_total_relation_size(c.oid))
    FROM pg_class c LEFT JOIN pg_inherits ON inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = inhparent
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1
"""
PASSING = ("inbox", "command")
"""Tables whose rows only pass through: what a burst has left of empty pages is no part of what a run takes."""


@dataclass(frozen=True, slots=True)
class Held:
    """KB of memory by process, and of disk by table of PostgreSQL and of Temporal's own files."""

    memory: dict[str, float]
    tables: dict[str, float]
    temporal: float


@dataclass(frozen=True, slots=True)
class Free:
    """What the machine has left, in KB."""

    memory: float
    disk: float


def held(stack: Stack) -> Held:
    """What is held now; PostgreSQL has written everything out before."""
    with stack.database() as database:
        for table in PASSING:
            database.execute(f"VACUUM {table}".encode())
        database.execute("CHECKPOINT")
        tables = {name: float(size) / KB for name, size in database.execute(_TABLES).fetchall()}
    memory = stack.processes.memory()
    return Held(
        memory={name: memory[name] / KB for name in PROCESSES},
        tables=tables,
        temporal=sum(file.stat().st_size for file in (stack.stage.home / "temporal").iterdir()) / KB,
    )


def growth(before: Held, after: Held, runs: int, cached: int) -> dict[str, float]:
    """KB per run: disk of each side and of the tables that grew, memory of each server, and of the worker per run in its cache."""
    tables = {name: (after.tables[name] - before.tables.get(name, 0.0)) / runs for name in after.tables}
    temporal = (after.temporal - before.temporal) / runs
    memory = {name: after.memory[name] - before.memory[name] for name in after.memory}
    facts = {
        "disk KB": sum(tables.values()) + temporal,
        "disk of temporal KB": temporal,
        **{f"disk of {name} KB": size for name, size in sorted(tables.items(), key=lambda one: -one[1])[:4]},
        "memory of temporal KB": memory["temporal"] / runs,
        "memory of postgres KB": memory["postgres"] / runs,
        "memory of worker KB": memory["worker"] / max(cached, 1),
    }
    return {name: round(size, 2) for name, size in facts.items()}


def free(home: Path) -> Free:
    """What this machine has left now, on the disk of that folder."""
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return Free(memory=float(lines["MemAvailable"].split()[0]), disk=shutil.disk_usage(home).free / KB)


def obstacle(facts: dict[str, float], rate: float, runs: int, left: Free, minutes: float) -> str:
    """Why that many more runs are not tried, by what the ones before have taken; empty when nothing speaks against it.

    A third of memory and disk has to stay free.
    """
    takes = runs / rate / 60
    disk, memory = facts["disk KB"] * runs, (facts["memory of temporal KB"] + facts["memory of postgres KB"]) * runs
    if takes > minutes:
        return f"at {rate:.0f} starts a second they take {takes:.0f} minutes, and {minutes:.0f} are meant for them"
    if memory > left.memory * 2 / 3:
        return f"they take {memory / KB:,.0f} MB of memory, and {left.memory / KB:,.0f} MB are free"
    if disk > left.disk * 2 / 3:
        return f"they take {disk / KB:,.0f} MB of disk, and {left.disk / KB:,.0f} MB are free"
    return ""
