"""When a channel that may be used can be used: caps and quiet hours. Transactional messages know neither."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.calendar import quiet_until
from domain.durations import format_duration
from domain.gate.facts import Cap, GateFacts
from domain.gate.verdict import Check, answer


def caps(fact: GateFacts) -> tuple[Check, datetime | None]:
    """The check, and when all used-up caps have room again (None where nobody knows)."""
    if fact.purpose == "transactional":
        return answer("caps", True, "transactional: caps do not apply"), None
    full = [cap for cap in fact.caps if cap.used >= cap.rate.count]
    if not full:
        why = ", ".join(_usage(cap) for cap in fact.caps) or "none"
        return answer("caps", True, why), None
    frees = [cap.frees_at for cap in full if cap.frees_at is not None]
    frees_at = max(frees) if len(frees) == len(full) else None
    return answer("caps", False, "used up: " + ", ".join(_usage(cap) for cap in full)), frees_at


def _usage(cap: Cap) -> str:
    return f"{cap.used} of {cap.rate.count} in {format_duration(cap.rate.per)} ({cap.name})"


def quiet_hours(fact: GateFacts, now: datetime) -> tuple[Check, datetime | None]:
    """The check at `now`, and when they end (None without a pass: nobody knows)."""
    excuse = _no_quiet_hours(fact)
    if excuse or fact.quiet is None:
        return answer("quiet_hours", True, excuse), None
    span = f"{fact.quiet.start} to {fact.quiet.end} in {fact.quiet.zone}"
    try:
        until = quiet_until(now, ZoneInfo(fact.quiet.zone), fact.quiet.start, fact.quiet.end)
    except (ZoneInfoNotFoundError, ValueError):
        return answer("quiet_hours", False, f"{span}: no such zone or time of day"), None
    where = "outside" if until is None else "within"
    return answer("quiet_hours", until is None, f"{where} {span}"), until


def _no_quiet_hours(fact: GateFacts) -> str:
    if fact.quiet is None:
        return "none"
    if fact.purpose == "transactional":
        return "transactional: they do not apply"
    return "time is scaled: they pass at once" if fact.time_scale != 1 else ""
