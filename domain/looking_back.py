"""Looking back: has something been applied already that a run now listens for? Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic import JsonValue

from domain.engine.inputs import Done, Heard, Input, Resolved
from domain.engine.lanes import listens_in, views
from domain.engine.state import EventRef, Moment, State
from domain.engine.turn import listen_named
from domain.listening import hears
from domain.program import Listen, Program, Silence, Wait
from domain.rules.facts import Facts
from domain.rules.rule import Rule


class Past(NamedTuple):
    """An applied event. `received_at` is when it was accepted."""

    id: UUID
    position: int
    name: str
    received_at: datetime
    properties: dict[str, JsonValue]


def listens_of(program: Program, state: State) -> dict[str, Listen]:
    """What the run listens for where it waits, by id; between two waits, what leaves the stages around it. Of branches side by
    side: the one that has the turn."""
    names = {} if state.phase in ("finishing", "over") else listens_in(program, state)
    found = {name: listen for name in names if (listen := listen_named(program, name)) is not None}
    return {name: _as_asked(listen, state) for name, listen in found.items()}


def _as_asked(listen: Listen, state: State) -> Listen:
    """An answer belongs to the question that the run has asked here; a reaction names the step that sent, under the id that it
    had then."""
    if listen.kind == "answer":
        return listen.model_copy(update={"asked": state.waiting.asked if state.waiting else None})
    sent_as = state.sent_as.get(listen.to or "")
    return listen if sent_as is None else listen.model_copy(update={"to": sent_as})


def every_listen(program: Program, state: State) -> dict[str, Listen]:
    """What the run listens for in all branches that it goes side by side: what routing matches for it."""
    return {name: listen for view in views(state) for name, listen in listens_of(program, view).items()}


def rules_of(listens: Mapping[str, Listen]) -> list[Rule]:
    """Every rule that `first_heard` may ask."""
    return [rule for listen in listens.values() for rule in (listen.where, listen.rule) if rule is not None]


def heard_since(listens: Mapping[str, Listen], state: State) -> int | None:
    """The position after which events matter; None when no event does."""
    hears_from = state.waiting.hears if state.waiting else {}
    return min((hears_from[name] for name, listen in listens.items() if listen.events), default=None)


def first_heard(
    listens: Mapping[str, Listen], events: Sequence[Past], facts: Facts, state: State, position: int
) -> tuple[str, EventRef] | None:
    """The first of `events`, in the order of application, that one of the listens hears; else a rule that holds already.

    Such a rule has no event of its own, so the run's own stands for it, at the customer's present `position`.
    """
    hears_from = state.waiting.hears if state.waiting else {}
    for event in events:
        arriving = facts._replace(arriving=event.properties)
        for name, listen in listens.items():
            is_new = event.position > hears_from[name]
            if is_new and listen.kind != "rule" and hears(listen, event.name, arriving, state.run):
                return name, EventRef(id=event.id, position=event.position, accepted_at=event.received_at)
    for name, listen in listens.items():
        if listen.rule is not None and hears(listen, "", facts, state.run):
            return name, EventRef(id=state.run.id, position=position, accepted_at=state.entered.at)
    return None


def silence_of(program: Program, state: State) -> Listen | None:
    """What breaks the silence that the run waits for; None when it waits for something else."""
    step = program.steps[state.at or ""]
    return step.until.listen if isinstance(step, Wait) and isinstance(step.until, Silence) else None


def silent_until(
    listen: Listen, events: Sequence[Past], facts: Facts, state: State, span: timedelta
) -> datetime | None:
    """When the silence will have lasted for `span`, counted from the last event that broke it. None: nothing broke it."""
    last = None
    for event in events:
        if hears(listen, event.name, facts._replace(arriving=event.properties), state.run):
            last = event.received_at
    return last + span if last is not None else None


def settled(moment: Moment, until: datetime, found: tuple[str, EventRef] | None, later: datetime | None) -> Input:
    """The end of a wait whose time is up at `until`: something was heard after all, it lasts until `later`, or it is over."""
    if found is not None:
        return Heard(moment=moment, listen=found[0], event=found[1])
    if later is not None and later > until:
        return Resolved(moment=moment, until=later)
    return Done(moment=moment)
