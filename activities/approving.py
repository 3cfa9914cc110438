"""Asking people for approval, and holding a send to what they approved of (`domain.approving`)."""

from uuid import UUID, uuid5

from pydantic import JsonValue

from activities.desk import Desk
from domain.approving import (
    Objection,
    asked_for,
    content_of,
    digest_of,
    is_same_content,
    objection,
    sends_of,
    templates_of,
)
from domain.engine.lanes import views
from domain.engine.state import State
from domain.engine.turn import later
from domain.ids import effect_key
from domain.program import Approve, Send
from store.journey import approvals
from store.journey.approvals import Approval

_APPROVALS = UUID("8d0f3f0e-7d5c-5f5b-9a55-0f3b8f8f0d53")

Detail = dict[str, JsonValue]


async def ask_for(desk: Desk, state: State, step: Approve) -> Detail:
    """Writes the question down, once for each visit of the step, with the content as it is now. A ghost asks nobody."""
    if desk.run.ghost:
        return {}
    content = content_of(desk.program, step.of, await approvals.versions(desk.tx, templates_of(desk.program, step.of)))
    until = later(desk.at, step.within / desk.run.time_scale) if step.within is not None else None
    asked = Approval(
        id=uuid5(_APPROVALS, effect_key(desk.run.id, step.id, state.visit)),
        run_id=desk.run.id,
        customer_id=desk.run.customer_id,
        journey=desk.run.journey_id,
        version=desk.run.version,
        step=step.id,
        visit=state.visit,
        to=step.to,
        title=step.title,
        of=step.of,
        content=content,
        digest=digest_of(content),
        status="open",
        asked_at=desk.at,
        until=until,
        answered_at=None,
        answered_by=None,
        note="",
    )
    await approvals.ask(desk.tx, asked)
    return {"approval": str(asked.id), "of": list(step.of), "content": asked.digest}


async def keep_open(desk: Desk, state: State) -> None:
    """After a move: a question that the run still waits for can be answered for as long as this version says."""
    for view in views(state):
        step, waiting = desk.program.steps.get(view.at or ""), view.waiting
        if isinstance(step, Approve) and waiting is not None and waiting.purpose == "answer":
            asked = (state.sent_as.get(step.id, step.id), view.visit)
            await approvals.keep_open(desk.tx, desk.run.id, asked, waiting.until)


async def objection_to(desk: Desk, step: Send) -> Objection | None:
    """What speaks against this send, where the run has asked for an approval of it. A content that was approved of and has
    changed since is asked for again in the same breath."""
    state, program = desk.request.state, desk.program
    asked = asked_for(program, step.id, state.visits)
    if not asked or desk.run.ghost:
        return None
    asked_as = [(state.sent_as.get(name, name), visit) for name, visit in asked]
    rows = await approvals.newest_of(desk.tx, desk.run.id, asked_as)
    found = objection("open", is_same=True) if len(rows) < len(asked_as) else None
    for approval in rows:
        of = sends_of(program, approval.step, approval.of, state.sent_as)
        now = content_of(program, of, await approvals.versions(desk.tx, templates_of(program, of)))
        is_same = is_same_content(now, approval.content)
        found = found or objection(approval.status, is_same=is_same)
        if approval.status == "approved" and not is_same:
            await approvals.renew(desk.tx, approval.id, (program.version, of), now, digest_of(now), "lapsed")
    return found
