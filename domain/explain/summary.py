"""The answer in a sentence, before the story."""

from collections.abc import Sequence

from domain.explain.story import Line, Material
from domain.explain.voice import Voice
from domain.records import MessageRecord, RunRecord


def answer(material: Material, lines: Sequence[Line], voice: Voice) -> str:
    """What a busy reader wants to know first."""
    if material.message:
        return _of_message(material.message, voice)
    if material.runs:
        return _of_runs(material.runs, voice)
    misses = [line for line in lines if line.kind in ("near_miss", "absence")]
    if material.journey:
        last = f" {misses[-1].sentence}" if misses else ""
        return f"Has never entered {material.journey.journey}.{last}"
    if misses:
        return f"Has never entered a journey. {misses[-1].sentence}"
    events = sum(event.count for event in material.seen)
    return f"Has never entered a journey; {events} events are known." if events else "Nothing is known but who this is."


def _of_message(message: MessageRecord, voice: Voice) -> str:
    what = f"{message.channel}/{message.template} (template version {message.template_version})"
    why = f"step {message.step} of {message.journey}, version {message.version}"
    match message.state:
        case "handed_over" | "delivered" | "bounced" | "complained":
            when = voice.time(message.handed_over_at or message.claimed_at)
            after = "" if message.state == "handed_over" else f", and then {message.state}"
            return f"{what} was handed over on {when}{after}: {why}."
        case "ghost":
            return f"{what} was not sent, because {voice.ghost(message.run_id)}: {why}."
        case "unknown":
            return f"Nobody can say whether {what} was taken: {why}."
        case "claimed":
            return f"{what} is being handed over: {why}."
        case _:
            return f"{what} was {message.state}: {why}."


def _of_runs(runs: Sequence[RunRecord], voice: Voice) -> str:
    newest = runs[-1]
    count = "once" if len(runs) == 1 else f"{len(runs)} times"
    journeys = sorted({run.journey for run in runs})
    where = journeys[0] if len(journeys) == 1 else f"{len(journeys)} journeys"
    return f"Has entered {where} {count}. The newest run, {newest.journey} version {newest.version}, {_state(newest, voice)}."


def _state(run: RunRecord, voice: Voice) -> str:
    match run.status:
        case "ended":
            return f"ended on {voice.time(run.ended_at)} ({run.ended_reason})"
        case "running" if run.waiting_until:
            return f"is at {run.step} until {voice.time(run.waiting_until)}"
        case "queued":
            return "is queued to start"
        case status:
            return f"is {status} at {run.step}" if run.step else f"is {status}"
