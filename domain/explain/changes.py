"""What a run changed or told others, as sentences."""

from pydantic import JsonValue

from domain.explain.voice import Voice, listed, shown, text_of
from domain.program import Notify, Operation, Score, SetAttributes, StartJourney, StopJourney, Subscribe, Webhook
from domain.records import DecisionRecord
from domain.rules.rule import Ref


def change(decision: DecisionRecord, voice: Voice) -> str | None:
    """Set, score, subscribe, webhook or notify: what it was to do, and how it came out."""
    step = voice.step(decision)
    what = _what(step, decision) if step else None
    if what is None:
        return None
    if decision.outcome == "ghost" or decision.detail.get("ghost"):
        return f"Not done, because {voice.ghost(decision.run_id)}: {what[0].lower()}{what[1:]}."
    if decision.outcome in ("done", "sent"):
        return f"{what}."
    words = {"late": "its deadline passed", "defect": "it cannot work", "unknown": "the outcome is not known"}
    code = text_of(decision, "why") or text_of(decision, "code")
    return f"{what}, but {words.get(decision.outcome, decision.outcome)}{f' ({code})' if code else ''}."


def _what(step: Operation, decision: DecisionRecord) -> str | None:
    detail = decision.detail
    match step:
        case SetAttributes():
            refused = detail.get("refused")
            full = f"; no room in the profile for {listed(map(str, refused))}" if isinstance(refused, list) else ""
            return f"Changed the customer: {_set(step, detail.get('attributes'))}{full}"
        case Score(add=add, set_to=set_to):
            reason = text_of(decision, "reason") or step.reason
            change = f"Changed the score by {add:+g}" if add is not None else f"Set the score to {shown(set_to)}"
            now = f" to {shown(detail['score'])}" if add is not None and "score" in detail else ""
            return f"{change}{now}" + (f" ({reason})" if reason else "")
        case Subscribe(topic=topic, subscribed=subscribed):
            return f"{'Subscribed to' if subscribed else 'Unsubscribed from'} the topic {topic}"
        case Webhook(id=name):
            status = detail.get("status")
            return f"Called the webhook of {name}" + (f", which answered {status}" if status else "")
        case StartJourney(journey=journey):
            return f"Asked for a run of {journey}"
        case StopJourney(journey=journey):
            return f"Asked for the end of the runs of {journey}"
        case Notify(id=name, email=email):
            return f"Told colleagues by {'email' if email else 'webhook'} ({name})"
    return None


def _set(step: SetAttributes, new: JsonValue) -> str:
    """With the values that were written, where the log has them; else as the step says it."""
    if isinstance(new, dict) and new:
        return listed(f"{name} = {shown(value)}" for name, value in new.items())
    parts = [
        f"{name} = {value.ref if isinstance(value, Ref) else shown(value)}" for name, value in step.attributes.items()
    ]
    parts += [f"{name} {by:+g}" for name, by in step.increment.items()]
    parts += [f"tag {tag} added" for tag in step.add_tags] + [f"tag {tag} removed" for tag in step.remove_tags]
    return listed(parts)
