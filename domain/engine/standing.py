"""How a run stands after an input, as its row says it, and how it may end."""

from domain.engine.commands import Finish
from domain.engine.inputs import Finished, Input, Leave
from domain.engine.state import Moment, State
from domain.records import RunStatus


def status_of(state: State, *, is_leaving: bool) -> RunStatus:
    """A run that routing has marked as leaving stays so until its end is written."""
    if state.phase == "over":
        return "ended"
    if is_leaving:
        return "leaving"
    if state.is_paused:
        return "paused"
    return "parked" if state.parked_at else "running"


def finished(command: Finish, leaving: str | None, moment: Moment) -> Input:
    """`finished` only while nothing else was to end the run (semantics B, ride-along)."""
    if leaving is not None and leaving != command.reason:
        return Leave(moment=moment, reason=leaving)
    return Finished(moment=moment)
