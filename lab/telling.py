"""The path of a scenario, line by line: what happened and why, in the words of `sojourn explain`."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from domain.calendar import zone_of
from domain.decisions import Decision
from domain.explain.sentences import sentence
from domain.explain.voice import Voice
from domain.records import DecisionRecord, EventRecord
from lab.clock import spell
from lab.trial import Trial
from lab.world import World


@dataclass(frozen=True)
class Line:
    """`offset` is that after the start; `clock` the customer's day and time."""

    offset: str
    clock: str
    text: str


def path_of(trial: Trial) -> tuple[Line, ...]:
    """Events and decisions in their order."""
    world = trial.world
    zone, _ = zone_of(world.customer.attributes, world.account)
    voice = Voice(
        zone=zone,
        programs={(program.journey, program.version): program for program in world.programs.values()},
        events=_events(world),
        messages={},
    )

    def line(at: datetime, text: str) -> Line:
        local = at.astimezone(zone)
        return Line(spell(at - trial.start), f"{local:%a %d %b %H:%M}", text)

    told = [(at, number, line(at, text)) for number, (at, text) in enumerate(_told(world, voice))]
    return tuple(one for _, _, one in sorted(told, key=lambda one: one[:2]))


def _told(world: World, voice: Voice) -> Iterator[tuple[datetime, str]]:
    several = len(world.programs) > 1
    for at, name in world.record.events:
        yield at, f'"{name}"'
    for one in world.record.decisions:
        if _is_told_twice(one.decision):
            continue
        record = DecisionRecord(
            id=UUID(int=0),
            at=one.at,
            journey=one.subject.journey,
            version=one.subject.version,
            run_id=one.subject.run,
            **asdict(one.decision),
        )
        yield one.at, (f"{one.subject.journey}: " if several else "") + sentence(record, voice)


def _is_told_twice(decision: Decision) -> bool:
    """Whether the line before or after says it too: checks that were all passed, and a run taking note that it is to leave."""
    is_note = decision.kind == "leave" and "event_id" not in decision.detail and decision.outcome[:8] != "stopped:"
    return (decision.kind, decision.outcome) == ("gate", "go") or is_note


def _events(world: World) -> dict[str, EventRecord]:
    return {
        str(event.id): EventRecord(
            id=event.id,
            name=event.name,
            type="track",
            timestamp=event.received_at,
            received_at=event.received_at,
            properties=event.properties,
        )
        for event in world.customer.past
    }
