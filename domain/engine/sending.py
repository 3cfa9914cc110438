"""Deadlines of what goes out."""

from datetime import datetime, timedelta

from domain.engine.state import State
from domain.engine.turn import later

SHORTEST_DEADLINE = timedelta(minutes=1)
"""However fast a development run lives, mail servers do not: a scaled deadline is never shorter."""


def deadline_of(state: State, span: timedelta) -> datetime:
    """Counted from the step's entry, or from its `at` (semantics 20)."""
    lived = max(span / state.run.time_scale, min(span, SHORTEST_DEADLINE))
    return later(state.due or state.entered.at, lived)
