"""`approve`: bound to sends that exist."""

from domain.compiler.draft import Use
from domain.compiler.spot import Spot
from domain.document.asking import ApproveStep
from domain.events import EventName
from domain.program import Approve, Listen


def approve(form: ApproveStep, spot: Spot) -> Approve:
    said = form.approve
    for name in said.of:
        spot.draft.uses.append(Use("to_send", name, spot.at("approve", "of"), spot.id))
    answers = (
        ("approved", EventName.APPROVAL_GIVEN, form.approved),
        ("rejected", EventName.APPROVAL_REFUSED, form.rejected),
    )
    return Approve(
        id=spot.id,
        scopes=spot.scopes,
        to=said.to,
        title=said.title,
        of=said.of,
        listens=tuple(
            Listen(id=f"{spot.id}/{key}", kind="answer", events=(event,), goto=spot.steps(steps, key))
            for key, event, steps in answers
        ),
        within=said.within,
        otherwise=spot.steps(form.otherwise, "else"),
    )
