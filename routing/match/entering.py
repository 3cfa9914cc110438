"""Entering: re-entry and repeats per customer and key, holdout, one run per element, and near misses for the rest."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from pydantic import JsonValue

from domain.decisions import Decision
from domain.durations import format_duration
from domain.engine.entering import share
from domain.others import entry_refused, questions_in
from domain.program import Entry
from routing.batch.applied import Applied
from routing.match.attempts import Attempt, Refusal, entry_of, refusal, requested_journey
from routing.match.knowing import Knowledge
from routing.match.plan import UNDER_WAY, Plan
from store.run.rows import Passage, RunRow, Subject

_RUNS = UUID("0f7f3c52-5d0a-5d5e-8f3f-4b5b1a1c9e02")


def needs_history(attempt: Attempt) -> bool:
    """Whether re-entry depends on runs that have ended."""
    return attempt.entry.again == "never" or isinstance(attempt.entry.again, timedelta)


def enter(
    plan: Plan,
    knowledge: Knowledge,
    applied: Applied,
    tried: list[Attempt],
    latest: dict[Passage, datetime],
) -> None:
    """Tries the ways in, in their order. Of one journey the first that lets the event in counts; if none does, each
    refusal is logged (semantics 7). A version in shadow is tried beside the live one, as if it were alone. `latest` says when
    each passage was last begun, and is kept up."""
    refused: dict[tuple[str, bool], list[tuple[Attempt, Refusal]]] = {}
    entered: set[tuple[str, bool]] = set()
    for attempt in tried:
        journey = attempt.journey, attempt.way.is_shadow
        if journey in entered:
            continue
        facts = knowledge.at(attempt.applied)
        reason = refusal(attempt, facts) or _refusal_by_history(plan, attempt, latest)
        if reason is not None:
            refused.setdefault(journey, []).append((attempt, reason))
            continue
        _let_in(plan, attempt)
        latest[attempt.passage] = plan.now
        entered.add(journey)
    for journey, misses in refused.items():
        if journey not in entered:
            for attempt, reason in misses:
                _log_miss(plan, attempt.applied, attempt, reason)
    wanted = requested_journey(applied)
    if wanted is not None and (wanted, False) not in entered:
        told = next((reason for _, reason in refused.get((wanted, False), ())), None)
        _refuse_request(plan, applied, wanted, told or _refuse_unknown_journey(plan, applied, wanted))


def _repeated(plan: Plan, attempt: Attempt) -> list[RunRow]:
    """Runs under way with the same journey and key: what the event would repeat. `always` lets runs go side by side."""
    if attempt.entry.again == "always" and attempt.entry.on_repeat == "ignore":
        return []
    return [
        run
        for run in plan.runs[attempt.applied.customer]
        if (run.journey, run.shadow) == (attempt.journey, attempt.way.is_shadow)
        and run.key == attempt.key
        and run.status in UNDER_WAY
    ]


def _refusal_by_history(plan: Plan, attempt: Attempt, latest: Mapping[Passage, datetime]) -> Refusal | None:
    again = attempt.entry.again
    if repeated := _repeated(plan, attempt):
        if attempt.entry.on_repeat != "ignore":
            return None
        return Refusal("repeat", "a run is under way already", {"run": str(repeated[0].id)})
    last = latest.get(attempt.passage)
    if last is None or not needs_history(attempt):
        return None
    values: dict[str, JsonValue] = {"last_entered_at": last.isoformat()}
    if isinstance(again, timedelta):
        if last + again / plan.time_scale <= plan.now:
            return None
        return Refusal("again", f"the last entry is less than {format_duration(again)} ago", values)
    return Refusal("again", "whoever has entered once never enters again", values)


def _let_in(plan: Plan, attempt: Attempt) -> None:
    applied = attempt.applied
    repeated = _repeated(plan, attempt)
    detail: dict[str, JsonValue] = {"event": applied.name, "event_id": str(applied.id)}
    if repeated and attempt.entry.on_repeat == "refresh":
        for run in repeated:
            asked = questions_in(run.entry)
            run.entry = entry_of(attempt, run.entry.get("item"))
            if asked:
                run.entry["answers"] = [*asked, *attempt.answers]
            run.gathered = {**run.gathered, **attempt.inputs}
            plan.changed[run.id] = run
            plan.log(run, "repeat", "refreshed", **detail)
            if run.status != "queued":
                plan.signal(run, "refreshed", applied=applied)
        return
    for run in repeated:
        plan.log(run, "repeat", "restarted", **detail)
        plan.leave(run, "stopped:restart", **detail)
    for number, item in enumerate(attempt.elements or [None]):
        run = _new_run(plan, attempt, number)
        run.entry = entry_of(attempt, item)
        plan.enter(run)
        plan.log(run, "entry", _outcome(run), **detail, trigger=attempt.entry.trigger.id, key=run.key)


def _outcome(run: RunRow) -> str:
    if run.shadow:
        return "shadow"
    return "held_out" if run.ghost else "queued" if run.status == "queued" else "entered"


def _new_run(plan: Plan, attempt: Attempt, number: int) -> RunRow:
    """Its id follows from the event and the way in: the same entry twice is the same run. Nobody is held out of a shadow,
    since all of it is one."""
    applied, entry, journey, version = attempt.applied, attempt.entry, attempt.journey, attempt.way.program.version
    is_shadow = attempt.way.is_shadow
    beside = f"/shadow/{version}" if is_shadow else ""
    return RunRow(
        id=uuid5(_RUNS, f"{applied.id}/{journey}/{attempt.way.number}/{number}{beside}"),
        journey=journey,
        version=version,
        customer=applied.customer,
        key=attempt.key or "",
        status="queued" if entry.intake else "running",
        entered_at=plan.now,
        ghost=is_shadow or is_held_out(entry, journey, applied.customer),
        shadow=is_shadow,
        heard=applied.position,
        gathered=dict(attempt.inputs),
        time_scale=plan.time_scale,
        depth=applied.depth + 1,
    )


def is_held_out(entry: Entry, journey: str, customer: UUID) -> bool:
    """Whether the customer is one of those held back for comparison (semantics 8)."""
    return share(journey, "holdout", customer) < entry.holdout


def _log_miss(plan: Plan, applied: Applied, attempt: Attempt, reason: Refusal) -> None:
    program = attempt.way.program
    subject = Subject(customer=applied.customer, journey=program.journey, version=program.version)
    detail = _detail(applied, reason) | {"trigger": attempt.entry.trigger.id}
    if attempt.way.is_shadow:
        detail["shadow"] = True
    plan.decisions.append((subject, Decision(kind="near_miss", outcome=reason.outcome, detail=detail)))


def _refuse_unknown_journey(plan: Plan, applied: Applied, journey: str) -> Refusal:
    """Somebody asked for a manual entry of a journey that is not live any more, or that has none."""
    reason = Refusal("filter", "no live journey of this name can be entered by hand", {})
    subject = Subject(customer=applied.customer, journey=journey)
    decision = Decision(kind="near_miss", outcome=reason.outcome, detail=_detail(applied, reason))
    plan.decisions.append((subject, decision))
    return reason


def _refuse_request(plan: Plan, applied: Applied, journey: str, reason: Refusal) -> None:
    """A run that waits for the end of what it asked for is told that nothing has begun."""
    questions = questions_in(applied.properties)
    if questions:
        told = entry_refused(
            questions,
            journey,
            reason.outcome,
            reason.why,
            customer=applied.customer,
            depth=applied.depth,
            at=plan.now,
        )
        plan.events.append(told)


def _detail(applied: Applied, reason: Refusal) -> dict[str, JsonValue]:
    return {"event": applied.name, "event_id": str(applied.id), "why": reason.why, "values": reason.values}
