"""Bookkeeping rides along: within the transaction of an effect, the engine is driven on through all that touches only our
database, until the run sleeps, ends, or needs the outside world; then run, decisions and reply are written together.

If the process dies before the commit nothing has happened, and the request is repeated; if it dies after it, the
repetition finds the stored reply.
"""

from collections.abc import Sequence

import structlog
from pydantic import JsonValue

from activities.desk import Desk, digest_of
from activities.local import perform
from domain.decisions import Decision, with_detail
from domain.effects import Reply
from domain.engine.advance import advance
from domain.engine.commands import CallWebhook, Command, Finish, NotifyColleagues, SendMessage, Sleep, Stop
from domain.engine.inputs import Input, Leave
from domain.engine.standing import status_of
from domain.engine.state import State
from domain.looking_back import listens_of
from store.run import decisions, progress
from store.run.decisions import Subject
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
    decided = [*desk.request.decisions, *before]
    inputs: list[Input] = []
    is_effect = given is not None
    while len(inputs) < LONGEST:
        if given is None:
            if isinstance(command, SendMessage | CallWebhook | NotifyColleagues | Sleep | Stop):
                break
            if desk.run.leaving is not None and not isinstance(command, Finish):
                given = Leave(moment=desk.moment, reason=desk.run.leaving)
            elif is_effect and inputs:
                followed = await _follow(desk, state, command)
                if followed is None:
                    break
                given, detail = followed
            else:
                given, detail = await perform(desk, state, command)
        inputs.append(given)
        state, command, logged = advance(desk.program, state, given)
        decided += with_detail(logged, detail)
        given, detail = None, None
    reply = Reply(number=desk.request.number, inputs=tuple(inputs))
    await _write(desk, state, reply)
    _measure(desk)
    run = desk.run
    subject = Subject(customer=run.customer_id, journey=run.journey_id, version=run.version, run=run.id)
    await decisions.append(desk.tx, desk.at, [(subject, decision) for decision in decided])
    return reply


async def _follow(desk: Desk, state: State, command: Command) -> tuple[Input, dict[str, JsonValue]] | None:
    """What comes after an effect must never undo that the effect is written down: if it fails, it is left to the next request,
    whose failure operators see."""
    try:
        async with desk.tx.begin_nested():
            return await perform(desk, state, command)
    except Exception as error:
        log.warning("left_to_the_next_request", run=str(desk.run.id), command=command.kind, error=type(error).__name__)
        return None


async def _write(desk: Desk, state: State, reply: Reply) -> None:
    listens = listens_of(desk.program, state).values()
    await progress.save(
        desk.tx,
        progress.Written(
            state=state,
            reply={"asked": digest_of(desk.request), "reply": reply.model_dump(mode="json")},
            request=desk.request.number,
            status=status_of(state, is_leaving=desk.run.status == "leaving"),
            at=desk.at,
            hears=[listen.model_dump(mode="json") for listen in listens],
            heard=desk.run.position,
            gathered=desk.gathered,
        ),
    )


def _measure(desk: Desk) -> None:
    """How late the wait before this request was ended by Temporal, if its time was what ended it."""
    due = desk.run.waiting_until
    if due is not None and due <= desk.request.at:
        DUE_TO_FIRED.observe((desk.request.at - due).total_seconds())
