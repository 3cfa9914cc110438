"""What a benchmark found: rows with CPU-milliseconds per item, goals, and the file that keeps them."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from benchmarks.measuring.cpu import Span


class Record(BaseModel):
    """What stands in a result file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Row(Record):
    """One measurement. `cpu_ms` is by process and per item; `floor` names the row whose sum of it this one is compared with."""

    name: str
    items: int
    seconds: float
    cpu_ms: dict[str, float] = Field(default_factory=dict)
    latency_ms: dict[str, float] = Field(default_factory=dict)
    floor: str = ""
    facts: dict[str, float] = Field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Items a second of wall time."""
        return self.items / self.seconds if self.seconds else 0.0

    @property
    def total_ms(self) -> float:
        """CPU-milliseconds per item of all processes."""
        return sum(self.cpu_ms.values())

    def cpu_of(self, *processes: str) -> float:
        """CPU-milliseconds per item of some processes."""
        return sum(self.cpu_ms.get(process, 0.0) for process in processes)


class Goal(Record):
    """What was to be reached, and what was."""

    what: str
    measured: float
    limit: float
    is_most: bool = True
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.measured <= self.limit if self.is_most else self.measured >= self.limit


class Machine(Record):
    """On what it was measured."""

    processor: str
    processors: int
    memory_gb: float
    system: str
    versions: dict[str, str]
    load_before: float


class Result(Record):
    """One benchmark. `left_out`: what this machine did not hold, and why. `rounds`: how often it was measured."""

    name: str
    size: str
    at: str
    revision: str
    machine: Machine
    rows: tuple[Row, ...]
    goals: tuple[Goal, ...]
    left_out: tuple[str, ...] = ()
    rounds: int = 1

    def row(self, name: str) -> Row | None:
        return next((row for row in self.rows if row.name == name), None)


class Measured(Record):
    """What a benchmark gives back."""

    rows: tuple[Row, ...]
    goals: tuple[Goal, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def floors_ms(self) -> float:
        """CPU-milliseconds of the floors."""
        floors = {row.floor for row in self.rows}
        return sum(row.total_ms for row in self.rows if row.name in floors)


def quietest(rounds: Sequence[Measured]) -> Measured:
    """The round whose floors took least CPU: who shares the machine made it dearer by least. What is compared with the floors has
    no say in it."""
    return min(rounds, key=lambda measured: measured.floors_ms)


def row(
    name: str,
    span: Span,
    items: int,
    *,
    processes: Iterable[str] | None = None,
    latencies: Sequence[float] = (),
    floor: str = "",
    facts: dict[str, float] | None = None,
) -> Row:
    """A row from a measured span; only of some processes, where others had nothing to do with it. `latencies` in seconds."""
    wanted = span.cpu if processes is None else {process: span.cpu[process] for process in processes}
    return Row(
        name=name,
        items=items,
        seconds=round(span.seconds, 3),
        cpu_ms={process: round(seconds * 1000 / max(items, 1), 4) for process, seconds in wanted.items()},
        latency_ms=percentiles(latencies),
        floor=floor,
        facts=facts or {},
    )


def together(name: str, *rows: Row) -> Row:
    """A floor that is made of several: their CPU per item is added up."""
    processes = dict.fromkeys(process for one in rows for process in one.cpu_ms)
    return Row(
        name=name,
        items=rows[0].items,
        seconds=round(sum(one.seconds * rows[0].items / one.items for one in rows), 3),
        cpu_ms={process: round(sum(one.cpu_of(process) for one in rows), 4) for process in processes},
    )


def percentiles(latencies: Sequence[float]) -> dict[str, float]:
    """Median, p90 and p99 in milliseconds, of seconds; empty without any."""
    if len(latencies) < 2:
        return {}
    cut = statistics.quantiles(latencies, n=100, method="inclusive")
    return {name: round(cut[place] * 1000, 2) for name, place in (("median", 49), ("p90", 89), ("p99", 98))}


def ratio(measured: float, floor: float) -> float:
    return round(measured / floor, 3) if floor else 0.0


Direction = Literal["most", "least"]


def goal(what: str, measured: float, direction: Direction, limit: float, unit: str = "") -> Goal:
    """`goal("…", 1.2, "most", 1.5, "x")`."""
    return Goal(what=what, measured=round(measured, 3), limit=limit, is_most=direction == "most", unit=unit)
