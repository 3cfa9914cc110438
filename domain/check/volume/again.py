"""When the same customer may enter a journey again, as far as messages in a week are concerned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain.compiler.graph import edges
from domain.program import Entry, Exit, Operation, Program


@dataclass(frozen=True, slots=True)
class Again:
    """A run after a run: `every` from the begin of one to the begin of the next, after the steps that `may_follow` names."""

    every: timedelta
    may_follow: Callable[[Operation], bool]


def many_at_once(program: Program) -> str | None:
    """Why one customer can have any number of runs at the same time; None: at most one."""
    for entry in program.entries:
        if entry.per is not None:
            return f"every `{entry.per}` has a run of its own"
        if entry.each is not None:
            return f"every element of `{entry.each}` has a run of its own"
        if entry.again == "always" and entry.on_repeat == "ignore":
            return "`again: always` lets runs go side by side"
    return None


def again_of(program: Program) -> Again | None:
    """How runs of one customer follow each other; None: there is never a second one."""
    entries = [entry for entry in program.entries if entry.again != "never" or entry.on_repeat == "restart"]
    if not entries:
        return None
    every = min(_every(entry) for entry in entries)
    is_cut = any(entry.on_repeat == "restart" for entry in entries)
    leaves = is_cut or program.goal is not None or bool(program.exits)
    return Again(every, lambda step: leaves or isinstance(step, Exit) or None in edges(step))


def _every(entry: Entry) -> timedelta:
    is_counted = isinstance(entry.again, timedelta) and entry.on_repeat != "restart"
    return entry.again if is_counted and isinstance(entry.again, timedelta) else timedelta(0)
