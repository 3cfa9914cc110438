"""Waits: what ends them, and what does not."""

from domain.engine.entering import arm, await_answer
from domain.engine.inputs import Heard, Refreshed
from domain.engine.lanes import in_other_lanes, leave_scope, listens_in, seen_from, take_due_turn, take_turn
from domain.engine.state import Moment, Phase
from domain.engine.turn import Turn, listen_named, stage_listens
from domain.program import EndRound, Operation, Parallel, Question, Silence, Stage, UntilMoment, Wait, WaitFor
from domain.rules.rule import Ref


def done(turn: Turn, moment: Moment) -> None:
    """What touched only our database is done: go on from there."""
    match turn.state.phase:
        case "enter" if isinstance(turn.step, Stage | WaitFor | Wait | Parallel):
            turn.set(entered=moment)
        case "enter" if isinstance(turn.step, Question) and turn.step.listens:
            await_answer(turn, turn.step, moment)
        case "enter":
            turn.log(turn.step.op, "ghost" if turn.state.run.ghost else "done")
            turn.go(_next(turn.step), moment)
        case "gathering":
            _follow(turn, turn.state.heard_by or "", after_heard(turn, moment))
        case "arming":
            turn.set(phase="asleep")
        case "settling":
            time_is_over(turn, moment)
        case "holding":
            turn.set(phase="held")
        case "releasing":
            _go_on(turn, turn.state.before or "enter", moment)


def _go_on(turn: Turn, phase: Phase, moment: Moment) -> None:
    """After a pause or a repair."""
    turn.set(phase=phase, before=None)
    if phase == "enter":
        look_before_effect(turn, moment)


def look_before_effect(turn: Turn, moment: Moment) -> None:
    """What came meanwhile may leave a stage around the effect: it is looked up first."""
    if stage_listens(turn.program, turn.state):
        arm(turn, "deferral", moment.at)


def _next(step: Operation) -> str | None:
    return getattr(step, "next", None)


def time_up(turn: Turn, moment: Moment) -> None:
    """The time is up. Where something is listened for, what was accepted before still counts: settle first."""
    take_due_turn(turn, moment.at)
    waiting = turn.state.waiting
    if turn.state.phase != "asleep" or waiting is None or waiting.until is None or moment.at < waiting.until:
        return
    is_silence = isinstance(turn.step, Wait) and isinstance(turn.step.until, Silence)
    if waiting.hears or is_silence:
        turn.set(phase="settling")
    else:
        time_is_over(turn, moment)


def time_is_over(turn: Turn, moment: Moment) -> None:
    """Nothing came in time: what that means depends on what was waited for."""
    waiting = turn.state.waiting
    if waiting is None:
        return
    match waiting.purpose, turn.step:
        case "wait_for", WaitFor() as step:
            turn.log("wait_for", "timed_out")
            turn.go(step.otherwise, moment)
        case "answer", Question(listens=()) as step:
            turn.log(step.op, "done", why="this version does not wait for the answer")
            turn.go(_next(step), moment)
        case "answer", Question() as step:
            turn.log(turn.step.op, "timed_out")
            turn.go(step.otherwise, moment)
        case "round", EndRound() as step:
            turn.go(step.repeat, moment)
        case "wait", Wait() as step:
            turn.log("wait", "over")
            turn.go(step.then if step.then is not None else step.next, moment)
        case "deferral", _:
            turn.set(phase="enter", waiting=None)
        case _:
            return


def hear(turn: Turn, given: Heard) -> None:
    """An event that was listened for; the lane that listens has the turn. Stale, late and repeated ones change nothing."""
    if turn.state.phase in ("held", "holding", "releasing", "finishing", "over") or _hear(turn, given):
        return
    for lane in turn.state.lanes:
        if given.listen in listens_in(turn.program, seen_from(turn.state, lane)):
            before = turn.state
            take_turn(turn, lane)
            if _hear(turn, given):
                return
            turn.state = before


def _hear(turn: Turn, given: Heard) -> bool:
    """Whether the lane that has the turn takes the event."""
    waiting = turn.state.waiting
    if turn.state.phase == "gathering" or turn.state.parked:
        return False
    if waiting is None:
        return _hear_between_waits(turn, given)
    since = waiting.hears.get(given.listen)
    listen = listen_named(turn.program, given.listen)
    if since is None or listen is None:
        return False
    is_stale = listen.kind != "rule" and given.event.position <= since
    is_late = waiting.until is not None and given.event.accepted_at > waiting.until
    if is_stale or is_late:
        return False
    _heard(turn, given)
    return True


def _hear_between_waits(turn: Turn, given: Heard) -> bool:
    """Between two effects only the stages around the step are listening."""
    for current in turn.state.rounds:
        step = turn.program.steps[current.scope]
        is_newer = given.event.position > current.entered.position
        if isinstance(step, Stage) and step.until.id == given.listen and is_newer:
            _heard(turn, given)
            return True
    return False


def _heard(turn: Turn, given: Heard) -> None:
    listen = listen_named(turn.program, given.listen)
    if listen is None:
        return
    name, _, answer = given.listen.rpartition("/")
    kind = turn.program.steps[name].op
    outcome = answer if listen.kind == "answer" else "left" if kind == "stage" else "heard"
    turn.log(kind, outcome, listen=given.listen, event_id=str(given.event.id))
    turn.set(heard=given.event, heard_by=given.listen, waiting=None, skip_due=False)
    if kind == "stage":
        leave_scope(turn, given.listen.rpartition("/")[0])
    if listen.gather_as:
        turn.set(phase="gathering")
    else:
        _follow(turn, given.listen, after_heard(turn, given.moment))


def after_heard(turn: Turn, moment: Moment) -> Moment:
    """What follows begins with the event that was heard: whatever was applied after it is still to come."""
    heard = turn.state.heard.position if turn.state.heard else 0
    return Moment(at=moment.at, position=max(heard, turn.state.entered.position))


def _follow(turn: Turn, name: str, moment: Moment) -> None:
    """Where a heard listen leads: a stage is left to its `then`, a wait_for goes the listen's own way."""
    step = turn.program.steps[name.rpartition("/")[0]]
    listen = listen_named(turn.program, name)
    turn.go(step.then if isinstance(step, Stage) else listen.goto if listen else None, moment)


def refresh(turn: Turn, given: Refreshed) -> None:
    """The newest event is now `event.`; a wait that depends on it is worked out anew."""
    turn.set(run=turn.state.run.model_copy(update={"entry": given.event}))
    _re_arm(turn, given)
    in_other_lanes(turn, lambda lane: _re_arm(lane, given))


def _re_arm(turn: Turn, given: Refreshed) -> None:
    waiting = turn.state.waiting
    if waiting is None or turn.state.at is None or waiting.purpose == "parked":
        return
    match turn.step:
        case Wait(until=UntilMoment(moment=Ref(ref=ref))) if ref.startswith("event."):
            turn.log("wait", "re_armed", event_id=str(given.event.id))
            if turn.state.phase in ("asleep", "arming", "settling"):
                turn.set(phase="enter", waiting=None)
            elif turn.state.before is not None:
                turn.set(before="enter", waiting=None)
