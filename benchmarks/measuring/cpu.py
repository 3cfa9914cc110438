"""What processes have used, by the kernel's own accounts (`proc(5)`): CPU seconds of whole process trees, and their
memory.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")

Seconds = dict[str, float]


@dataclass(slots=True)
class Span:
    """A stretch of work: wall seconds, and CPU seconds by process. Filled when the stretch is over."""

    seconds: float = 0.0
    cpu: Seconds = field(default_factory=dict)


class Processes:
    """Process trees under a name each: a tree is the process, its living descendants, and the dead ones it has waited for.

    This very program counts alone: what it has started has a name of its own.
    """

    def __init__(self, roots: Mapping[str, int]) -> None:
        self.roots = dict(roots)

    def cpu(self) -> Seconds:
        """CPU seconds since each tree began."""
        seconds, trees = self._trees()
        used = {name: sum(seconds[pid] for pid in members) for name, members in trees.items()}
        return used | {name: time.process_time() for name, root in self.roots.items() if root == os.getpid()}

    def memory(self) -> dict[str, int]:
        """Bytes by tree; what several processes share counts in proportion (PSS)."""
        _, trees = self._trees()
        return {name: sum(_proportional_set(pid) for pid in members) for name, members in trees.items()}

    @contextmanager
    def measure(self) -> Iterator[Span]:
        """Measures what happens in the block."""
        span = Span()
        before, began = self.cpu(), time.perf_counter()
        yield span
        span.seconds = time.perf_counter() - began
        span.cpu = {name: used - before[name] for name, used in self.cpu().items()}

    def _trees(self) -> tuple[dict[int, float], dict[str, list[int]]]:
        found = dict(_every_process())
        children: dict[int, list[int]] = {}
        for pid, (parent, _) in found.items():
            children.setdefault(parent, []).append(pid)
        trees: dict[str, list[int]] = {}
        for name, root in self.roots.items():
            members = [root] if root in found else []
            for pid in members if root != os.getpid() else ():
                members += children.get(pid, ())  # the list grows while it is read: generation by generation
            trees[name] = members
        return {pid: seconds for pid, (_, seconds) in found.items()}, trees


def children_of(parent: int) -> dict[int, list[str]]:
    """The command lines of a process' living children."""
    found = {}
    for pid, (its_parent, _) in _every_process():
        if its_parent == parent:
            found[pid] = (PROC / str(pid) / "cmdline").read_text().split("\0")[:-1]
    return found


def _every_process() -> Iterator[tuple[int, tuple[int, float]]]:
    """Every process: its parent, and the CPU seconds of itself and of the children it has waited for."""
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        yield int(folder.name), (int(fields[1]), sum(map(int, fields[11:15])) / TICKS)


def _proportional_set(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
