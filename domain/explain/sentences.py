"""One decision as a sentence that needs no knowledge of the inside. The words of the log: `domain/decisions.py`."""

from collections.abc import Callable, Mapping

from domain.explain.changes import change
from domain.explain.passage import end, entry, goal, hold, leave, migration, near_miss, operator, parked, repeat
from domain.explain.sending import gate, send
from domain.explain.story import LineKind
from domain.explain.voice import Voice, because, listed, text_of, values_of
from domain.explain.waiting import question, stage, wait, wait_for
from domain.program import Repeat, Split
from domain.records import DecisionRecord

Teller = Callable[[DecisionRecord, Voice], str | None]


def sentence(decision: DecisionRecord, voice: Voice) -> str:
    """Always a sentence: a word that is not known here is repeated as it stands."""
    teller = _TELLERS.get(decision.kind, change)
    words = f"{decision.kind} {decision.outcome}".replace("_", " ")
    return teller(decision, voice) or f"{words.capitalize()}{values_of(decision)}{because(decision)}"


def kind_of(decision: DecisionRecord) -> LineKind:
    """Under which heading a decision belongs."""
    return _KINDS.get(decision.kind, "change")


def _round(decision: DecisionRecord, voice: Voice) -> str | None:
    step = voice.step(decision)
    times = f" of {step.times}" if isinstance(step, Repeat) else ""
    match decision.outcome:
        case "round":
            return f"Round {decision.detail.get('round', '')}{times} of {decision.step} begins{values_of(decision)}."
        case "until_held":
            return f"The repeat {decision.step} ends, because its condition holds{values_of(decision)}."
        case "used_up":
            return f"The repeat {decision.step} has used up its rounds."
    return None


def _branch(decision: DecisionRecord, voice: Voice) -> str:
    if decision.outcome == "else":
        return f"At {decision.step} no case held{values_of(decision)}: took the way else."
    return f"At {decision.step} took the way {decision.outcome}{values_of(decision)}."


def _split(decision: DecisionRecord, voice: Voice) -> str:
    step = voice.step(decision)
    arms = step.arms if isinstance(step, Split) else ()
    total = sum(arm.weight for arm in arms)
    shares = ", ".join(f"{arm.name} {arm.weight / total:.0%}" for arm in arms) if total else ""
    return f"The split {decision.step} gave arm {decision.outcome}" + (f" (of {shares})." if shares else ".")


def _question(decision: DecisionRecord, voice: Voice) -> str | None:
    return question(decision, voice) or change(decision, voice)


def _parallel(decision: DecisionRecord, voice: Voice) -> str | None:
    branch = (decision.step or "").rpartition("/")[2]
    match decision.outcome:
        case "begun":
            names = decision.detail.get("branches")
            return f"Goes the branches {listed(map(str, names if isinstance(names, list) else ()))} of {decision.step} at once."
        case "branch_done":
            return f"The branch {branch} of {text_of(decision, 'parallel')} is at its end; the others go on."
        case "joined":
            why = "the first" if decision.detail.get("join") == "any" else "the last"
            return f"The branch {branch} of {text_of(decision, 'parallel')} is at its end, {why}: goes on after it."
        case "left":
            return f"Leaves off at {decision.step}, in a branch that is not gone on with."
    return None


_TELLERS: Mapping[str, Teller] = {
    "entry": entry,
    "near_miss": near_miss,
    "repeat": repeat,
    "wait": wait,
    "wait_for": wait_for,
    "branch": _branch,
    "split": _split,
    "repeat_round": _round,
    "stage": stage,
    "parallel": _parallel,
    "start_journey": _question,
    "approve": question,
    "gate": gate,
    "send": send,
    "goal": goal,
    "leave": leave,
    "end": end,
    "parked": parked,
    "operator": operator,
    "hold": hold,
    "migration": migration,
}

_KINDS: Mapping[str, LineKind] = {
    "entry": "entry",
    "repeat": "entry",
    "near_miss": "near_miss",
    "wait": "wait",
    "wait_for": "wait",
    "branch": "choice",
    "split": "choice",
    "repeat_round": "choice",
    "stage": "choice",
    "parallel": "choice",
    "start_journey": "wait",
    "approve": "wait",
    "gate": "gate",
    "send": "send",
    "goal": "end",
    "leave": "end",
    "end": "end",
    "parked": "end",
    "operator": "operator",
    "hold": "operator",
    "migration": "operator",
}
