"""`wait_for`, and what a stage listens for."""

from domain.compiler.draft import Use
from domain.compiler.spot import Spot
from domain.document.listening import ForEvent, ForReaction, ForRule, Race, WaitForStep
from domain.events import REACTIONS
from domain.program import Edge, Listen, WaitFor


def wait_for(form: WaitForStep, spot: Spot) -> WaitFor:
    said = form.wait_for
    if said.within is None and not spot.draft.can_leave and not spot.draft.is_staged(spot.scopes):
        spot.refuse(
            "this wait may never end",
            "Add `within`, or give the journey a `goal` or an `exit`.",
            "wait_for",
            code="endless_wait",
        )
    if isinstance(said, Race):
        listens = tuple(
            listen(
                one, spot, index, spot.steps(one.then, "wait_for", "first", index, "then"), "wait_for", "first", index
            )
            for index, one in enumerate(said.first)
        )
    else:
        listens = (listen(said, spot, 0, spot.steps(form.then, "then"), "wait_for"),)
    return WaitFor(
        id=spot.id,
        scopes=spot.scopes,
        listens=listens,
        within=said.within,
        since=getattr(said, "since", "step"),
        otherwise=spot.steps(form.otherwise, "else"),
    )


def listen(form: ForEvent | ForReaction | ForRule, spot: Spot, index: int, goto: Edge, *keys: str | int) -> Listen:
    """What is listened for; `keys` lead from the step to the form."""
    name = f"{spot.id}/{index}"
    match form:
        case ForEvent():
            spot.draft.is_the_key(form.same, spot.at(*keys, "same"))
            spot.draft.gathers(form.gather_as, spot.id)
            where = spot.where(form.where, *keys, "where")
            return Listen(id=name, events=form.event, where=where, same=form.same, gather_as=form.gather_as, goto=goto)
        case ForReaction():
            spot.draft.gathers(form.gather_as, spot.id)
            spot.draft.uses.append(Use("sent", form.to, spot.at(*keys, "to"), spot.id))
            return Listen(
                id=name,
                kind="reaction",
                events=(REACTIONS[form.reaction],),
                to=form.to,
                link=form.link,
                gather_as=form.gather_as,
                goto=goto,
            )
        case ForRule():
            return Listen(id=name, kind="rule", rule=spot.rule(form.rule, *keys, "rule"), goto=goto)
