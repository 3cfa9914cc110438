"""Looking back: has something been applied already that a run now listens for? What counts is decided in `domain.looking_back`."""

from datetime import datetime, timedelta

from activities.desk import Desk
from domain import looking_back
from domain.engine.state import EventRef, State
from domain.errors import Unavailable
from domain.looking_back import heard_since, listens_of, rules_of, silence_of
from store.event import history


class Behind(Unavailable):
    """Something accepted in time is not applied yet: ask again in a moment."""

    code = "behind"


async def first_heard(
    desk: Desk, state: State, *, accepted_until: datetime | None = None
) -> tuple[str, EventRef] | None:
    """The first event after each listen's position that one of them hears, in the order of application.

    With `accepted_until` later ones do not count, and earlier ones that are still in the inbox raise Behind.
    """
    if state.waiting is None:
        return None
    listens = listens_of(desk.program, state)
    if accepted_until is not None and await history.is_pending(desk.tx, desk.run.customer_id, accepted_until):
        raise Behind("Events accepted in time are still being applied.")
    if not listens:
        return None
    names = sorted({event for listen in listens.values() for event in listen.events})
    since = heard_since(listens, state)
    facts = await desk.facts(rules_of(listens))
    events = (
        await history.after(desk.tx, desk.run.customer_id, since, names, accepted_until) if since is not None else []
    )
    return looking_back.first_heard(listens, events, facts, _keyed(desk, state), desk.run.position)


async def silent_until(desk: Desk, state: State, span: timedelta) -> datetime | None:
    """When the silence will have lasted for `span`, counted from the last event that broke it. None: nothing broke it."""
    listen = silence_of(desk.program, state)
    if listen is None:
        return None
    until = state.waiting.until if state.waiting else None
    if until is not None and await history.is_pending(desk.tx, desk.run.customer_id, until):
        raise Behind("Events accepted in time are still being applied.")
    facts = await desk.facts([listen.where] if listen.where is not None else [])
    events = await history.after(desk.tx, desk.run.customer_id, state.entered.position, list(listen.events), until)
    return looking_back.silent_until(listen, events, facts, _keyed(desk, state), span)


def _keyed(desk: Desk, state: State) -> State:
    """The run's key is what an event said: it stays in the database and never travels with the state (semantics 26)."""
    return state.model_copy(update={"run": state.run.model_copy(update={"key": desk.run.key})})
