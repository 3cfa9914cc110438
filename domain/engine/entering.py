"""Entering steps: those that need nothing from outside are walked through at once; the first other one is where the run is."""

from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from domain.engine.lanes import end_lane, fork, pass_turn
from domain.engine.state import Moment, Round, State, Waiting
from domain.engine.turn import Turn, later, stage_listens
from domain.ids import effect_key
from domain.program import (
    Arm,
    EndLane,
    EndRound,
    EndStage,
    Exit,
    ForDuration,
    Parallel,
    Question,
    Repeat,
    Send,
    Silence,
    Split,
    Stage,
    Wait,
    WaitFor,
)


def share(*parts: object) -> float:
    """A stable number in [0, 1) for these parts: the same customer gets the same arm on every machine, for ever."""
    digest = blake2b("/".join(str(part) for part in parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def enter(turn: Turn) -> None:
    """Walks on while the current step needs nothing from outside, in one lane after the other."""
    _walk(turn)
    while pass_turn(turn):
        _walk(turn)


def _walk(turn: Turn) -> None:
    while turn.state.phase == "enter":
        moment = turn.state.entered
        match turn.step:
            case step if turn.was_done:
                turn.log(step.op, "skipped", why="done before the run was moved to this version")
                turn.go(getattr(step, "next", None) or getattr(step, "otherwise", None), moment)
            case Send() if turn.state.skip_due:
                turn.log("send", "skipped", why="fell due while the run was paused")
                turn.go(turn.step.next, moment)
            case Send():
                return
            case Split() as step:
                _split(turn, step, moment)
            case Stage() | WaitFor() | Wait(until=Silence()) | Parallel() if not moment.is_exact:
                return
            case Stage() as step:
                _open(turn, Round(scope=step.id, entered=moment))
                turn.log("stage", "entered")
                turn.go(step.body, moment)
            case EndStage() as step:
                turn.log("stage", "used_up", stage=step.stage)
                turn.go(step.otherwise, moment)
            case Repeat(until=None) as step:
                begin_round(turn, step, moment)
            case EndRound() as step:
                _end_round(turn, step, moment)
            case Parallel() as step:
                fork(turn, step)
            case EndLane() as step:
                end_lane(turn, step)
            case Exit() as step:
                turn.finish(f"exit:{step.reason}")
            case Wait(until=ForDuration(span=span) | Silence(span=span)):
                arm(turn, "wait", later(moment.at, turn.scaled(span) + spread_of(turn)))
            case WaitFor() as step:
                _wait_for(turn, step, moment)
            case _:
                return


def arm_of(step: Split, journey: str, customer: UUID) -> Arm:
    """Weights need not add up to anything; a customer's arm depends on journey, step and customer alone."""
    place = share(journey, step.id, customer) * sum(arm.weight for arm in step.arms)
    for each in step.arms:
        if place < each.weight:
            return each
        place -= each.weight
    return step.arms[-1]


def _split(turn: Turn, step: Split, moment: Moment) -> None:
    chosen = arm_of(step, turn.state.run.journey, turn.state.run.customer)
    turn.log("split", chosen.name)
    turn.go(chosen.goto, moment)


def _open(turn: Turn, scope: Round) -> None:
    others = tuple(r for r in turn.state.rounds if r.scope != scope.scope)
    turn.set(rounds=(*others, scope))


def round_of(state: State, scope: str) -> Round | None:
    return next((r for r in state.rounds if r.scope == scope), None)


def begin_round(turn: Turn, step: Repeat, moment: Moment) -> None:
    """The next round, or the step after the repeat when its rounds are used up."""
    current = round_of(turn.state, step.id) or Round(scope=step.id, entered=moment)
    if current.round >= step.times:
        turn.log("repeat_round", "used_up")
        turn.go(step.next, moment)
        return
    number = current.round + 1
    _open(turn, current.model_copy(update={"round": number, "round_began": moment.at}))
    turn.log("repeat_round", "round", round=number)
    turn.go(step.body, moment)


def _end_round(turn: Turn, end: EndRound, moment: Moment) -> None:
    """Back to the repeat: at once when no round is left or the next is due already, else after a wait."""
    step = turn.program.steps[end.repeat]
    current = round_of(turn.state, end.repeat)
    if not isinstance(step, Repeat) or current is None or current.round_began is None:
        raise AssertionError(f"{end.id} ends a repeat that was not begun")
    due = later(current.round_began, turn.scaled(step.every))
    if current.round >= step.times or due <= moment.at:
        turn.go(end.repeat, moment)
    else:
        arm(turn, "round", due)


def arm(turn: Turn, purpose: str, until: datetime | None, hears: dict[str, int] | None = None) -> None:
    """Makes the run wait, hearing also what leaves the stages around it."""
    if purpose != "parked":
        hears = {**(hears or {}), **stage_listens(turn.program, turn.state)}
    turn.set(
        phase="arming",
        waiting=Waiting.model_validate({"purpose": purpose, "until": until, "hears": hears or {}}),
        skip_due=turn.state.skip_due and purpose == "deferral",
    )
    if purpose in ("wait", "round", "deferral") and until is not None:
        turn.log("wait", "until", purpose=purpose, until=until.isoformat())
    elif purpose == "wait_for":
        turn.log("wait_for", "listening", until=until.isoformat() if until else None)


def _wait_for(turn: Turn, step: WaitFor, moment: Moment) -> None:
    until = later(moment.at, turn.scaled(step.within)) if step.within is not None else None
    arm(turn, "wait_for", until, hears_of(turn.state, step, moment))


def hears_of(state: State, step: WaitFor, moment: Moment) -> dict[str, int]:
    """After which position each listen of a step hears that is entered at this moment (semantics 14)."""
    hears = {}
    for listen in step.listens:
        since = state.run.entered.position if step.since == "entry" else moment.position
        if listen.kind == "reaction":
            sent = state.sends.get(listen.to or "")
            since = sent.position if sent else moment.position
        hears[listen.id] = since
    return hears


def await_answer(turn: Turn, step: Question, moment: Moment) -> None:
    """The question has been asked: the run waits for what answers it, and nothing else."""
    until = later(moment.at, turn.scaled(step.within)) if step.within is not None else None
    told = "ghost" if turn.state.run.ghost else "asked"
    turn.log(turn.step.op, told, until=until.isoformat() if until else None)
    arm(turn, "answer", until, {listen.id: moment.position for listen in step.listens})
    if turn.state.waiting is not None:
        key = effect_key(turn.state.run.id, step.id, turn.state.visit)
        asked_as = {name: old for name, old in turn.state.sent_as.items() if name != step.id}
        turn.set(waiting=turn.state.waiting.model_copy(update={"asked": key}), sent_as=asked_as)


def spread_of(turn: Turn) -> timedelta:
    """This run's place in the wait's spread: stable, even over all runs, and scaled like every duration."""
    step = turn.step
    if not isinstance(step, Wait) or step.spread is None:
        return timedelta(0)
    return turn.scaled(step.spread) * share(turn.state.run.id, step.id, turn.state.visit)
