"""Why somebody never came near a journey: what would have started it, and what happened instead."""

from collections.abc import Iterator
from difflib import get_close_matches

from domain.explain.story import JourneyMaterial, Line, Material
from domain.explain.voice import Voice, listed, shown
from domain.program import Program, Trigger
from domain.records import EventRecord
from domain.rules.evaluate import evaluate
from domain.rules.facts import Facts


def absence(material: Material, voice: Voice) -> tuple[Line, ...]:
    """Lines about the asked journey, for a customer who has neither a run nor a near miss in it."""
    journey = material.journey
    if journey is None or any(run.journey == journey.journey for run in material.runs):
        return ()
    return tuple(_lines(material, journey, voice))


def _lines(material: Material, journey: JourneyMaterial, voice: Voice) -> Iterator[Line]:
    def line(sentence: str, event: EventRecord | None = None) -> Line:
        return Line(
            at=event.timestamp if event else material.asked_at,
            kind="absence",
            sentence=sentence,
            journey=journey.journey,
            version=journey.program.version if journey.program else None,
            detail={"event_id": str(event.id), "properties": event.properties} if event else {},
        )

    if journey.status == "archived":
        yield line(f"The journey {journey.journey} is archived: nobody enters it any more.")
    if journey.program is None:
        yield line(f"The journey {journey.journey} has never been published: nobody can enter it.")
        return
    told = {decision.detail.get("event_id") for decision in material.decisions if decision.journey == journey.journey}
    for trigger in _triggers(journey.program):
        arrived = [event for event in material.events if event.name in trigger.events]
        if not arrived and not told:
            yield line(_never(trigger, material, voice))
        for event in arrived:
            if str(event.id) not in told:
                yield line(_met(trigger, event, journey, material, voice), event)
    if all(entry.manual for entry in journey.program.entries):
        yield line("People enter this journey by request only, and no request was made for this customer.")
    if material.unapplied:
        yield line(f"{material.unapplied} accepted events of this customer are not applied yet; ask again in a moment.")


def _triggers(program: Program) -> list[Trigger]:
    return [entry.trigger for entry in program.entries if not entry.manual]


def _never(trigger: Trigger, material: Material, voice: Voice) -> str:
    """No event of these names: how many others came, and whether one was perhaps meant."""
    names = listed([f'"{name}"' for name in trigger.events], "or")
    text = f"No event {names} has ever arrived for this customer."
    seen = {event.name.casefold(): event.name for event in material.seen}
    wanted = [name.casefold() for name in trigger.events]
    close = next((match for name in wanted for match in get_close_matches(name, seen, n=1, cutoff=0.8)), None)
    if close:
        return f'{text} "{seen[close]}" has: names must be the same to the letter.'
    if not seen:
        return f"{text} Nothing has: no event of theirs is known."
    newest = max(material.seen, key=lambda event: event.last)
    count = sum(event.count for event in material.seen)
    return f'{text} {count} others did, the last one "{newest.name}" on {voice.time(newest.last)}.'


def _met(trigger: Trigger, event: EventRecord, journey: JourneyMaterial, material: Material, voice: Voice) -> str:
    """An event of the right name that started nothing and was not logged as a near miss."""
    what = f'"{event.name}" of {voice.time(event.timestamp)}'
    if journey.published_at and event.received_at < journey.published_at:
        return f"{what} arrived before the journey was first published on {voice.time(journey.published_at)}."
    if trigger.where is not None:
        answer = evaluate(trigger.where, Facts(now=material.asked_at, arriving=event.properties))
        if not answer.holds:
            values = ", ".join(f"{path} is {shown(value)}" for path, value in answer.values.items())
            notes = "; ".join(answer.notes)
            reasons = "; ".join(part for part in (values, notes) if part)
            return f"{what} did not have the properties that the journey asks for" + (
                f": {reasons}." if reasons else "."
            )
    return f"{what} fits the live version of the journey, but found it otherwise at the time: an older version, or archived."
