"""Waits, listening and stages as sentences."""

from domain.durations import format_duration
from domain.explain.voice import Voice, because, heard_by, listed, text_of
from domain.program import (
    Approve,
    ForDuration,
    InWindow,
    Learned,
    Silence,
    Stage,
    StartJourney,
    UntilClock,
    Wait,
    WaitFor,
)
from domain.records import DecisionRecord


def wait(decision: DecisionRecord, voice: Voice) -> str | None:
    until = voice.time(decision.detail.get("until"))
    match decision.outcome, text_of(decision, "purpose"):
        case "until", "round":
            return f"Waits until {until} for the next round."
        case "until", "deferral":
            return f"Puts {decision.step} off until {until}."
        case "until", _:
            return f"Waits at {decision.step} until {until}{_form(decision, voice)}."
        case "over", _:
            return f"The wait at {decision.step} is over."
        case "past", _:
            way = {"skip": "the steps under it are left out", "exit": "the run ends"}
            return (
                f"The moment that {decision.step} names had passed; {way.get(text_of(decision, 'if_past'), 'goes on')}."
            )
        case "skipped", _:
            return f"The wait at {decision.step} was skipped{because(decision)}"
        case "re_armed", _:
            return f"The wait at {decision.step} is worked out anew, because {voice.cause(decision)} arrived."
    return None


def _form(decision: DecisionRecord, voice: Voice) -> str:
    step = voice.step(decision)
    zone = text_of(decision, "zone")
    note = f", time zone {zone}" if zone else ""
    match step.until if isinstance(step, Wait) else None:
        case ForDuration(span=span):
            note = f" ({format_duration(span)})"
        case UntilClock(time=clock):
            note = f" (the next {clock}{note})"
        case InWindow(start=start, end=end):
            note = f" (between {start} and {end}{note})"
        case Silence(listen=listen, span=span):
            note = f" (until {heard_by(listen)} has not come for {format_duration(span)})"
        case Learned():
            note = f" (learned from this customer{note})"
        case _:
            note = f" ({note.removeprefix(', ')})" if note else ""
    return note


def wait_for(decision: DecisionRecord, voice: Voice) -> str | None:
    step = voice.step(decision)
    listens = step.listens if isinstance(step, WaitFor) else ()
    hoped = listed([heard_by(listen) for listen in listens], "or") or "something to happen"
    match decision.outcome:
        case "listening":
            until = decision.detail.get("until")
            return f"Listens at {decision.step} for {hoped}" + (f", until {voice.time(until)}." if until else ".")
        case "heard":
            return f"Heard {voice.cause(decision)} at {decision.step}."
        case "timed_out":
            return f"{hoped[:1].upper()}{hoped[1:]} did not come in time at {decision.step}."
    return None


def question(decision: DecisionRecord, voice: Voice) -> str | None:
    """What a run asked of another journey or of a person, and the answer."""
    step = voice.step(decision)
    until = voice.time(decision.detail.get("until"))
    journey = step.journey if isinstance(step, StartJourney) else "the other journey"
    asked = f"{step.to} to approve of {listed(step.of)}" if isinstance(step, Approve) else f"for a run of {journey}"
    match decision.outcome:
        case "asked":
            return f"Asks {asked} at {decision.step}, and waits for the answer until {until}."
        case "ghost" if decision.detail.get("until"):
            return f"Would have asked {asked}; nobody was, because this customer is in the holdout."
        case "ended":
            return f"The run of {journey} has ended: {voice.cause(decision)} arrived."
        case "refused":
            return f"No run of {journey} has begun: {voice.cause(decision)} arrived."
        case "approved" | "rejected":
            return f"What {decision.step} asked for was {decision.outcome}."
        case "timed_out":
            return f"Nothing answered {decision.step} in time."
    return None


def stage(decision: DecisionRecord, voice: Voice) -> str | None:
    step = voice.step(decision)
    until = f", which is left on {heard_by(step.until)}" if isinstance(step, Stage) else ""
    match decision.outcome:
        case "entered":
            return f"Entered the stage {decision.step}{until}."
        case "left":
            return f"Left the stage, because {voice.cause(decision)} arrived."
        case "used_up":
            return f"The steps of the stage {text_of(decision, 'stage') or decision.step} are used up."
    return None
