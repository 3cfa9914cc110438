"""Going on by another version of the journey: what is asked before, and of whom. What it means is decided in `domain.engine`."""

from domain.effects import MigrateWord, Reply, Request
from domain.engine.commands import Adopt
from domain.engine.fitting import obstacle
from domain.engine.state import State
from domain.program import Program
from workflows.calls import call_progress


def why_not(program: Program, state: State, word: MigrateWord) -> str | None:
    """Why the run cannot go on by that version from where it is; None: it can."""
    if word.program.journey != program.journey:
        return f"The run is one of {program.journey}, and not of {word.program.journey}."
    found = obstacle(program, word.program, state, word.steps)
    return found.why if found is not None else None


async def write_move(request: Request, word: MigrateWord) -> Reply | None:
    """Has the move written down, under the number of the run's next request. None: it could not be."""
    adopt = Adopt(version=word.program.version, steps=word.steps, by=word.by)
    return await call_progress(request.model_copy(update={"command": adopt}), lambda: False)
