"""What a verdict means for the run that asked, and the line of the decision log that tells of it."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from domain.decisions import Decision
from domain.engine.inputs import Outcome
from domain.engine.state import Moment
from domain.gate.verdict import Asked, Defer, Late, OnHold, Skip, Verdict

Detail = dict[str, JsonValue]


def line_of(verdict: Verdict, step: str, visit: int) -> Decision:
    """The verdict with every check that was made."""
    asked: list[JsonValue] = [_told(one) for one in verdict.asked]
    return Decision(kind="gate", outcome=verdict.kind, step=step, visit=visit, detail={"asked": asked})


def _told(one: Asked) -> Detail:
    checks: list[JsonValue] = [{"check": it.check, "passed": it.passed, "why": it.why} for it in one.checks]
    return {"channel": one.channel, "outcome": one.outcome, "checks": checks}


def outcome_of(verdict: Skip | Late | Defer | OnHold, moment: Moment) -> tuple[Outcome, Detail]:
    """What becomes of a send that does not go now."""
    match verdict:
        case Skip():
            return outcome(moment, "skipped"), {"why": verdict.reason}
        case Late():
            return outcome(moment, "late"), {"why": "deadline"}
        case Defer():
            return outcome(moment, "deferred", until=verdict.until), {"channel": verdict.channel}
        case OnHold():
            return held(moment, verdict.hold, "channel"), {"channel": verdict.channel}


def held(moment: Moment, hold: UUID, kind: str) -> Outcome:
    """An effect that is not begun, because a pause of the journey or of a channel stands."""
    return Outcome(moment=moment, result="held", code=kind, hold=hold)


def outcome(
    moment: Moment,
    result: str,
    *,
    until: datetime | None = None,
    code: str | None = None,
    claimed: int | None = None,
) -> Outcome:
    """The input for the engine. Raises ValueError for a result that is none."""
    given = {"moment": moment, "result": result, "until": until, "code": code, "claimed": claimed}
    return Outcome.model_validate(given)
