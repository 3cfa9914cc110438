"""Asking people for approval, and holding a send to what they approved of (`domain.approving`)."""

from uuid import UUID, uuid5

from pydantic import JsonValue

from activities.desk import Desk
from domain.approving import Objection, asked_for, content_of, digest_of, objection, templates_of
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


async def objection_to(desk: Desk, step: Send) -> Objection | None:
    """What speaks against this send, where the run has asked for an approval of it. A content that was approved of and has
    changed since is asked for again in the same breath."""
    asked = asked_for(desk.program, step.id, desk.request.state.visits)
    if not asked or desk.run.ghost:
        return None
    found = None
    for approval in await approvals.newest_of(desk.tx, desk.run.id, asked):
        now = content_of(
            desk.program, approval.of, await approvals.versions(desk.tx, templates_of(desk.program, approval.of))
        )
        is_same = digest_of(now) == approval.digest
        found = found or objection(approval.status, is_same=is_same)
        if approval.status == "approved" and not is_same:
            await approvals.renew(desk.tx, approval.id, now, digest_of(now), "lapsed")
    return found
