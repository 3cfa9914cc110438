"""A run under way, for the operators of the Temporal Web UI: ids, names and times, never what is known about a person."""

from datetime import UTC, datetime

from domain.engine.lanes import views
from domain.engine.state import State
from domain.explain.voice import heard_by, listed
from domain.program import Listen, Program, Question, Stage, WaitFor


def path_markdown(state: State, program: Program) -> str:
    """The path so far, what the run waits for, and until when. Times are UTC. Safe in histories (semantics 26)."""
    run = state.run
    parts = [
        f"**{run.journey}**, version {run.version}, entered {_time(run.entered.at)}"
        + (", in shadow: nothing is sent" if run.shadow else ", in the holdout: nothing is sent" if run.ghost else ""),
        "",
        f"Path: {' → '.join(_visited(state)) or 'not begun'}",
        "",
        _now(state, program),
        *(f"\nBeside it: {_now(beside, program)}" for beside in list(views(state))[1:]),
    ]
    if run.time_scale != 1:
        parts += ["", f"Durations are divided by {run.time_scale:g} (development)."]
    return "\n".join(parts)


def _visited(state: State) -> list[str]:
    steps = [f"`{step}`" for step in state.path]
    return ["…", *steps] if sum(state.visits.values()) > len(steps) else steps


def _now(state: State, program: Program) -> str:
    here = f"`{state.at}`" if state.at else "the start"
    if state.phase in ("over", "finishing"):
        return f"Ended: {state.reason or 'finished'}."
    if state.is_paused:
        return f"**Paused** at {here}. Events are kept until it is resumed."
    if state.parked:
        return f"**Parked** at {here}: {state.parked}. Mend the cause, then retry."
    waiting = state.waiting
    if waiting is None:
        return f"At {here} since {_time(state.entered.at)}."
    hopes = listed(_hopes(state, program), "or")
    what = {
        "wait": "Waits",
        "wait_for": "Listens",
        "answer": "Waits for an answer",
        "round": "Waits for the next round",
        "deferral": "Holds its send back",
        "held": "Rests, for its journey or a channel is paused,",
    }
    text = f"{what.get(waiting.purpose, 'Waits')} at {here} since {_time(state.entered.at)}"
    text += f" for {hopes}" if hopes else ""
    return text + (f", until {_time(waiting.until)}." if waiting.until else ".")


def _hopes(state: State, program: Program) -> list[str]:
    """What the run hears, by the names that the author gave."""
    hears = state.waiting.hears if state.waiting else {}
    listens: list[Listen] = []
    for step in program.steps.values():
        match step:
            case WaitFor() | Question():
                listens += step.listens
            case Stage(until=listen):
                listens.append(listen)
    return [heard_by(listen) for listen in listens if listen.id in hears]


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
