"""A pause of the run's journey or of a channel: an effect that is due rests, and everything else goes on (semantics 24).

What holds it is asked at every attempt and never remembered; the run only knows that it rests, and is told when the pause is
lifted. A pause that stands by then holds it again.
"""

from domain.engine.entering import arm
from domain.engine.inputs import Lifted, Outcome
from domain.engine.state import Waiting
from domain.engine.turn import Turn


def rest(turn: Turn, given: Outcome) -> None:
    """The effect of this step is not begun. Meanwhile the run hears what leaves the stages around it."""
    turn.log("hold", given.code or "journey")
    arm(turn, "held", None)
    if turn.state.waiting is not None:
        turn.set(waiting=turn.state.waiting.model_copy(update={"hold": given.hold}))


def lift(turn: Turn, given: Lifted) -> None:
    """The effect may be tried again: at once, or at the run's own moment of a spread; its deadline counts from then. `skip`
    leaves messages out. A run that does not rest any more has nothing to be told."""
    waiting = turn.state.waiting
    if waiting is None or waiting.purpose != "held" or waiting.hold != given.hold:
        return
    turn.log("hold", "lifted", due=given.due)
    begins = max(given.until or given.moment.at, given.moment.at)
    anew = {"entered": turn.state.entered.model_copy(update={"at": begins})}
    turn.set(**anew, due=begins if turn.state.due is not None else None, skip_due=given.due == "skip")
    if turn.state.phase in ("holding", "held", "releasing"):
        turn.set(before="enter", waiting=None)
    elif begins > given.moment.at:
        _put_off(turn, waiting, given)
    else:
        turn.set(phase="enter", waiting=None)


def lift_beside(turn: Turn, given: Lifted) -> None:
    """In a branch that has not the turn. The run's row names one pause: another, that may be over by now, is asked again."""
    waiting = turn.state.waiting
    if waiting is not None and waiting.hold is not None and waiting.hold != given.hold:
        given = Lifted(moment=given.moment, hold=waiting.hold, due="catch_up")
    lift(turn, given)


def _put_off(turn: Turn, waiting: Waiting, given: Lifted) -> None:
    """Until the run's own moment it goes on hearing what it has heard so far."""
    until = given.until
    turn.log("wait", "until", purpose="deferral", until=until.isoformat() if until else None)
    turn.set(phase="arming", waiting=waiting.model_copy(update={"purpose": "deferral", "until": until, "hold": None}))
