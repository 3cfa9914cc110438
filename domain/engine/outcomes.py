"""Answers from outside: what a branch chose, when a wait ends, what became of a send."""

from domain.engine.entering import arm, begin_round, spread_of
from domain.engine.inputs import Chosen, Outcome, Resolved
from domain.engine.state import Moment
from domain.engine.turn import Turn, later
from domain.program import Branch, Notify, Repeat, Send, UntilMoment, Wait, Webhook


def chosen(turn: Turn, given: Chosen) -> None:
    match turn.step:
        case Branch() as step if turn.state.phase == "enter":
            case = step.cases[given.case] if given.case is not None else None
            turn.log("branch", case.label if case else "else")
            turn.go(case.goto if case else step.otherwise, given.moment)
        case Repeat() as step if turn.state.phase == "enter" and given.case is not None:
            turn.log("repeat_round", "until_held")
            turn.go(step.next, given.moment)
        case Repeat() as step if turn.state.phase == "enter":
            begin_round(turn, step, given.moment)


def resolved(turn: Turn, given: Resolved) -> None:
    """The moment that a wait, or a send's `at`, comes; or, when settling a silence, that it lasts longer."""
    if turn.state.phase == "settling" and given.until is not None:
        arm(turn, "wait", given.until)
        return
    match turn.step:
        case Wait() as step if turn.state.phase == "enter":
            _resolved_wait(turn, step, given)
        case Send() if turn.state.phase == "enter" and given.until is not None and given.until > given.moment.at:
            turn.set(due=given.until)
            arm(turn, "deferral", given.until)
        case Send() if turn.state.phase == "enter":
            turn.set(due=given.moment.at)


def _resolved_wait(turn: Turn, step: Wait, given: Resolved) -> None:
    over = step.then if step.then is not None else step.next
    if given.is_past and isinstance(step.until, UntilMoment):
        turn.log("wait", "past", if_past=step.until.if_past)
        match step.until.if_past:
            case "continue":
                turn.go(over, given.moment)
            case "skip":
                turn.go(step.next, given.moment)
            case "exit":
                turn.finish("exit:past")
    elif given.until is None or given.until <= given.moment.at:
        turn.log("wait", "over")
        turn.go(over, given.moment)
    else:
        arm(turn, "wait", later(given.until, spread_of(turn)))


def take_outcome(turn: Turn, given: Outcome) -> None:
    """What became of a send, webhook or notification; one that comes when its step has been left changes nothing."""
    if turn.state.phase != "enter":
        return
    match turn.step:
        case Send() as step:
            _send_outcome(turn, step, given)
        case Webhook() as step:
            _log_call(turn, given)
            if given.result == "defect":
                park(turn, given.code or "defect")
            else:
                is_refused = given.result in ("refused", "late")
                turn.go(step.otherwise if is_refused and step.has_else else step.next, given.moment)
        case Notify() as step:
            _log_call(turn, given)
            turn.go(step.next, given.moment)


def _log_call(turn: Turn, given: Outcome) -> None:
    is_ghost = given.result == "done" and turn.state.run.ghost
    turn.log(turn.step.op, "ghost" if is_ghost else given.result, code=given.code)


def _send_outcome(turn: Turn, step: Send, given: Outcome) -> None:
    _log_send(turn, given)
    match given.result:
        case "sent":
            position = given.claimed if given.claimed is not None else turn.state.entered.position
            turn.set(
                sends={**turn.state.sends, step.id: Moment(at=given.moment.at, position=position)},
                sent_as={name: old for name, old in turn.state.sent_as.items() if name != step.id},
            )
            turn.go(step.next, given.moment)
        case "deferred":
            arm(turn, "deferral", given.until)
        case "late":
            _on(turn, step.if_late, "late", step, given.moment)
        case "refused":
            _on(turn, step.on_failure, given.code or "refused", step, given.moment)
        case "defect" | "unknown":
            park(turn, given.code or given.result)
        case "skipped" | "done":
            turn.go(step.next, given.moment)


def _log_send(turn: Turn, given: Outcome) -> None:
    """A deferral is told by the wait that follows; a skip or lateness without a code was told by the gate."""
    is_told = given.result == "deferred" or (given.result in ("skipped", "late") and given.code is None)
    if is_told:
        return
    outcome = {"sent": "ghost" if turn.state.run.ghost else "handed_over"}.get(given.result, given.result)
    turn.log("send", outcome, **({"code": given.code} if given.code else {}))


def _on(turn: Turn, policy: str, code: str, step: Send, moment: Moment) -> None:
    """`if_late` and `on_failure` say the same three things: go on, park, or end the run."""
    match policy:
        case "park":
            park(turn, code)
        case "exit":
            turn.finish("exit:late" if code == "late" else "exit:failure")
        case _:
            turn.go(step.next, moment)


def park(turn: Turn, code: str) -> None:
    """The step cannot succeed until somebody mends something: the run stays where it is."""
    turn.log("parked", code)
    turn.set(parked=code)
    arm(turn, "parked", None)
