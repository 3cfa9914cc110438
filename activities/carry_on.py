"""Bookkeeping rides along: within the transaction of an effect, the engine is driven on through all that touches only our
database, until the run sleeps, ends, or needs the outside world; then run, decisions and reply are written together.

If the process dies before the commit nothing has happened, and the request is repeated; if it dies after it, the
repetition finds the stored reply.
"""

from collections.abc import Sequence

import structlog
from pydantic import JsonValue

from activities.approving import keep_open
from activities.desk import Desk, digest_of
from activities.local import is_without_database, perform
from domain.decisions import Decision, with_detail
from domain.effects import Reply
from domain.engine.advance import advance
from domain.engine.commands import Apply, CallWebhook, Command, Finish, NotifyColleagues, SendMessage, Sleep, Stop
from domain.engine.inputs import Input, Leave, Migrate
from domain.engine.migrating import migrate
from domain.engine.standing import status_of
from domain.engine.state import State
from domain.gate.outcomes import held
from domain.looking_back import every_listen
from domain.others import journey_ended, questions_in
from store.event import inbox
from store.run import decisions, progress
from store.timings import DUE_TO_FIRED

log = structlog.get_logger(__name__)

LONGEST = 200
"""Local commands carried out in one transaction; whatever is left is asked for in the next request."""


async def carry_on(
    desk: Desk,
    given: Input | None = None,
    detail: dict[str, JsonValue] | None = None,
    before: Sequence[Decision] = (),
) -> Reply:
    """Takes `given` (an effect's result) if there is one, goes on as far as our database reaches, and writes it all.

    `before` was decided on the way to `given`; `detail` goes into the first decision that follows from it.
    """
    state, command = desk.request.state, desk.request.command
    decided = [(desk.subject, decision) for decision in (*desk.request.decisions, *before)]
    inputs: list[Input] = []
    is_effect = given is not None
    while len(inputs) < LONGEST:
        if given is None:
            if isinstance(command, SendMessage | CallWebhook | NotifyColleagues | Sleep | Stop):
                break
            if desk.run.leaving is not None and not isinstance(command, Finish):
                given = Leave(moment=desk.moment, reason=desk.run.leaving)
            elif isinstance(command, Apply) and desk.run.hold is not None:
                given = held(desk.moment, desk.run.hold, "journey")
            elif is_effect and inputs:
                followed = await _follow(desk, state, command)
                if followed is None:
                    break
                given, detail = followed
            else:
                given, detail = await perform(desk, state, command)
        inputs.append(given)
        if isinstance(given, Migrate):
            state, command, logged = await _move(desk, state, given)
        else:
            state, command, logged = advance(desk.program, state, given)
        decided += [(desk.subject, decision) for decision in with_detail(logged, detail)]
        given, detail = None, None
    reply = Reply(number=desk.request.number, inputs=tuple(inputs))
    await _write(desk, state, reply)
    await _tell_of_end(desk, state)
    _measure(desk)
    await decisions.append(desk.tx, desk.at, decided)
    return reply


async def _move(desk: Desk, state: State, given: Migrate) -> tuple[State, Command, tuple[Decision, ...]]:
    """Another version takes over: from here on the desk works by its program, and decisions name it."""
    new = await desk.resources.catalog.program(desk.tx, desk.run.journey_id, given.version)
    moved = migrate(desk.program, new, state, given)
    if moved[0].run.version == new.version:
        desk.program, desk.run = new, desk.run.model_copy(update={"version": new.version})
        await keep_open(desk, moved[0])
    return moved


async def _follow(desk: Desk, state: State, command: Command) -> tuple[Input, dict[str, JsonValue]] | None:
    """What comes after an effect must never undo that the effect is written down: if it fails, it is left to the next request,
    whose failure operators see."""
    if is_without_database(state, command):
        return await perform(desk, state, command)
    try:
        async with desk.tx.begin_nested():
            return await perform(desk, state, command)
    except Exception as error:
        log.warning("left_to_the_next_request", run=str(desk.run.id), command=command.kind, error=type(error).__name__)
        return None


async def _tell_of_end(desk: Desk, state: State) -> None:
    """Whoever waits for the end of this run hears of it."""
    run = desk.run
    questions = questions_in(run.entry)
    if state.phase == "over" and questions:
        reason = state.reason or "finished"
        told = journey_ended(
            questions, run.id, run.journey_id, reason, customer=run.customer_id, depth=run.depth, at=desk.run.now
        )
        await inbox.accept(desk.tx, [told])
        desk.resources.wake()


async def _write(desk: Desk, state: State, reply: Reply) -> None:
    listens = every_listen(desk.program, state).values()
    await progress.save(
        desk.tx,
        progress.Written(
            state=state,
            reply={"asked": digest_of(desk.request), "reply": reply.model_dump(mode="json", exclude_none=True)},
            request=desk.request.number,
            status=status_of(state, is_leaving=desk.run.status == "leaving"),
            at=desk.at,
            hears=[listen.model_dump(mode="json", exclude_none=True) for listen in listens],
            heard=desk.run.position,
            gathered=desk.gathered,
        ),
    )


def _measure(desk: Desk) -> None:
    """How late the wait before this request was ended by Temporal, if its time was what ended it."""
    due = desk.run.waiting_until
    if due is not None and due <= desk.request.at:
        DUE_TO_FIRED.observe((desk.request.at - due).total_seconds())
