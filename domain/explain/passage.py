"""Coming and going as sentences: entries, near misses, repeats, leaving, ends, and what operators did."""

from domain.events import EventName
from domain.explain.voice import Voice, because, shown, text_of, values_of
from domain.records import DecisionRecord


def entry(decision: DecisionRecord, voice: Voice) -> str | None:
    key = text_of(decision, "key")
    about = f"{decision.journey}, version {decision.version}, because {_arrived(decision, voice)}"
    about += f' (key "{key}")' if key else ""
    match decision.outcome:
        case "entered":
            return f"Entered {about}."
        case "queued":
            return f"Met the trigger of {about}, and queues: the journey takes in only so many at a time."
        case "shadow":
            return f"Entered {about}, in shadow: it runs beside the live version, nothing is sent or changed."
        case "held_out":
            return f"Entered {about}, in the holdout: the journey is walked and recorded, nothing is sent or changed."
    return None


def _arrived(decision: DecisionRecord, voice: Voice) -> str:
    quoted = f'"{EventName.ENTRY_REQUESTED}"'
    cause = voice.cause(decision)
    return cause.replace(quoted, "a request", 1) + " arrived"


_MISSES = {
    "filter": "its properties do not fit",
    "rule": "the rule about the customer does not hold",
    "again": "the journey does not take the same person again yet",
    "repeat": "a run was already under way",
    "too_late": "it arrived too long after it happened",
    "depth": "it was the end of too long a chain of causes",
    "inputs": "the inputs do not fit",
}


def near_miss(decision: DecisionRecord, voice: Voice) -> str:
    why = text_of(decision, "why").rstrip(".") or _MISSES.get(decision.outcome, decision.outcome)
    return f"Did not enter {decision.journey}: {_arrived(decision, voice)}, but {why}{values_of(decision)}."


def repeat(decision: DecisionRecord, voice: Voice) -> str | None:
    match decision.outcome:
        case "refreshed":
            return f"{voice.cause(decision)} arrived during the run and takes the place of the event that started it."
        case "restarted":
            return f"{voice.cause(decision)} arrived during the run, which ends so that a new one starts."
    return None


def leave(decision: DecisionRecord, voice: Voice) -> str:
    if decision.outcome.startswith("stopped:"):
        return f"Is to stop: {decision.outcome.removeprefix('stopped:')} said so."
    if decision.outcome == "erased":
        return "Is to end, because the customer is erased."
    what = "The goal is reached" if decision.outcome == "goal" else f"Is to leave ({decision.outcome})"
    known = decision.detail.get("event") or decision.detail.get("event_id")
    return f"{what}: {voice.cause(decision)} arrived." if known else f"{what}."


def goal(decision: DecisionRecord, voice: Voice) -> str:
    worth = decision.detail.get("value")
    return f"Converted: {voice.cause(decision)} arrived" + (f", worth {shown(worth)}." if worth is not None else ".")


_ENDS = {
    "finished": "Ended: the plan is used up.",
    "goal": "Ended: the goal is reached.",
    "erased": "Ended: the customer is erased.",
    "stopped:merge": "Ended: this customer was merged with another, whose run goes on.",
}


def end(decision: DecisionRecord, voice: Voice) -> str:
    named = decision.outcome.removeprefix("exit:").removeprefix("stopped:")
    how = "stopped by" if decision.outcome.startswith("stopped:") else "exit"
    return _ENDS.get(decision.outcome) or f"Ended: {how} {named}."


def parked(decision: DecisionRecord, voice: Voice) -> str:
    return (
        f"Parked at {decision.step} ({decision.outcome}), until somebody mends the cause and retries{because(decision)}"
    )


def hold(decision: DecisionRecord, voice: Voice) -> str | None:
    """What became of an effect while its journey or channel was paused."""
    match decision.outcome:
        case "journey":
            return f"Rests at {decision.step}, because the journey is paused."
        case "channel":
            return f"Rests at {decision.step}, because the channel is paused."
        case "lifted" if decision.detail.get("due") == "skip":
            return "The pause is over; messages that fell due meanwhile are left out."
        case "lifted":
            return f"The pause is over: {decision.step} goes on."
    return None


def operator(decision: DecisionRecord, voice: Voice) -> str:
    words = {"paused": "paused the run", "resumed": "resumed the run", "skip_wait": "skipped the wait"}
    words |= {
        "retried": "had the step tried again",
        "stopped": "stopped the run",
        "skipped_step": "had the step left out",
    }
    by = text_of(decision, "by") or "An operator"
    what = words.get(decision.outcome, decision.outcome.replace("_", " "))
    due = "; what fell due meanwhile is left out" if decision.detail.get("due") == "skip" else ""
    return f"{by} {what}{due}{because(decision)}"


def migration(decision: DecisionRecord, voice: Voice) -> str:
    by = text_of(decision, "by") or "An operator"
    was = text_of(decision, "was")
    place = f" from {was} to {decision.step}" if was else f" at {decision.step}" if decision.step else ""
    return f"{by} moved the run{place} from version {decision.detail.get('from')} to {decision.detail.get('to')}."
