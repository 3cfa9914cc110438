"""`start_journey` and `stop_journey`: the other journey exists, and is given what it needs."""

from domain.compiler.spot import Spot
from domain.document.form import meant
from domain.document.others import StartJourneyForm, StartJourneyStep, StopJourneyStep
from domain.entering import check_inputs
from domain.events import EventName
from domain.program import Listen, StartJourney, StopJourney
from domain.rules.rule import Ref


def start_journey(form: StartJourneyStep, spot: Spot) -> StartJourney:
    said = form.start_journey
    _check_entry(said, spot)
    spot.draft.gathers(said.gather_as, spot.id)
    then, otherwise = spot.steps(form.then, "then"), spot.steps(form.otherwise, "else")
    ends = (
        Listen(
            id=f"{spot.id}/ended",
            kind="answer",
            events=(EventName.JOURNEY_ENDED,),
            gather_as=said.gather_as,
            goto=then,
        ),
        Listen(
            id=f"{spot.id}/refused",
            kind="answer",
            events=(EventName.ENTRY_REFUSED,),
            gather_as=said.gather_as,
            goto=otherwise,
        ),
    )
    return StartJourney(
        id=spot.id,
        scopes=spot.scopes,
        journey=said.journey,
        inputs=spot.values(said.inputs, "start_journey", "inputs"),
        data=spot.values(said.data, "start_journey", "data"),
        listens=ends if said.awaits else (),
        within=said.within,
        otherwise=otherwise,
        next=spot.after,
    )


def stop_journey(form: StopJourneyStep, spot: Spot) -> StopJourney:
    _is_known(form.stop_journey.journey, spot, "stop_journey")
    return StopJourney(id=spot.id, scopes=spot.scopes, journey=form.stop_journey.journey, next=spot.after)


def _is_known(journey: str, spot: Spot, *keys: str) -> bool:
    """Whether it exists, as far as can be told here; that it does not is refused."""
    known = spot.draft.known.journeys
    if known is None:
        return False
    if journey not in known:
        remedy = meant(journey, sorted(known)) or "Publish it first."
        spot.refuse(f"there is no journey `{journey}`", remedy, *keys, code="unknown_journey")
    return journey in known


def _check_entry(said: StartJourneyForm, spot: Spot) -> None:
    """Values that are looked up are taken to fit: what they are is known only in the run."""
    if not _is_known(said.journey, spot, "start_journey"):
        return
    declared = spot.draft.known.inputs.get(said.journey)
    if declared is None:
        remedy = f"Add `manual: true` to the entries of {said.journey}."
        spot.refuse(f"nobody enters `{said.journey}` by request", remedy, "start_journey", code="not_manual")
        return
    values = spot.values(said.inputs, "start_journey", "inputs")
    looked_up = {name for name, value in values.items() if isinstance(value, Ref)}
    open_ = {name: kind for name, kind in declared.items() if name not in looked_up}
    given = {name: value for name, value in said.inputs.items() if name not in looked_up or name not in declared}
    for problem in check_inputs(open_, given):
        spot.refuse(problem.message.rstrip("."), problem.remedy, "start_journey", problem.path, code=problem.code)
