"""When a wait ends: every form of `wait` but those that the engine can work out alone, and a send's `at`.

Calendar waits follow the customer's zone, durations do not; an instant such as `event.starts_at` is never re-zoned.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from domain.calendar import add_business_days, in_window, next_clock, parse_instant
from domain.durations import parse_duration
from domain.program import BusinessDays, InWindow, Learned, Send, UntilClock, UntilMoment, Wait
from domain.rules.facts import Facts, Needs
from domain.rules.happenings import gap_seconds
from domain.rules.references import look_up
from domain.rules.rule import Gap, Ref

LONGEST = timedelta(days=36_525)
"""A learned wait is at most a century: whatever a property says, the calendar does not end."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """`until` None: at once. `why` goes to the decision log: the zone used, the value read."""

    until: datetime | None
    is_past: bool
    why: dict[str, JsonValue]


def needs_of(step: Wait | Send) -> Needs:
    """What must be known about a customer's history to resolve the step."""
    form = step.until if isinstance(step, Wait) else None
    return Needs(events={form.gap_event: None} if isinstance(form, Learned) and form.gap_event else {})


def resolve(
    step: Wait | Send,
    facts: Facts,
    zone: ZoneInfo,
    *,
    time_scale: float = 1.0,
    told_at: datetime | None = None,
    since: datetime | None = None,
) -> Resolution:
    """When this step's moment comes, seen from `facts.now`. A faster development run passes calendar waits at once.

    `told_at`: when the event was accepted that started the run. In a faster run an instant of that event is as much nearer
    to it, whenever it is asked for. `since`: seen from then, for a wait that was changed after it had begun.
    """
    if since is not None and not (isinstance(step, Wait) and isinstance(step.until, UntilMoment)):
        facts = facts._replace(now=since)
    if isinstance(step, Send):
        until = next_clock(facts.now, zone, step.at or "00:00")
        return _calendar(until, zone, time_scale)
    match step.until:
        case UntilClock(time=time, days=days):
            return _calendar(next_clock(facts.now, zone, time, days), zone, time_scale)
        case InWindow(start=start, end=end):
            return _calendar(in_window(facts.now, zone, start, end), zone, time_scale)
        case BusinessDays(days=count):
            return _calendar(add_business_days(facts.now, zone, count), zone, time_scale)
        case UntilMoment() as form:
            return _moment(form, facts, zone, time_scale, told_at or facts.now)
        case Learned() as form:
            return _learned(form, facts, zone, time_scale)
        case form:
            raise AssertionError(f"{form.form} is worked out by the engine")


def _calendar(until: datetime, zone: ZoneInfo, time_scale: float) -> Resolution:
    return Resolution(until if time_scale == 1 else None, False, {"zone": str(zone), "until": until.isoformat()})


def _moment(form: UntilMoment, facts: Facts, zone: ZoneInfo, time_scale: float, told_at: datetime) -> Resolution:
    """A value that is no instant counts as past: the author has said with `if_past` what happens then."""
    value = look_up(form.moment.ref, facts) if isinstance(form.moment, Ref) else form.moment
    moment = parse_instant(value, zone)
    if moment is None:
        return Resolution(None, True, {"value": value, "note": "is not an instant"})
    try:
        until = moment + form.offset
    except OverflowError:
        return Resolution(None, True, {"value": value, "note": "is beyond the calendar"})
    if time_scale != 1:
        until = told_at + (until - told_at) / time_scale
    return Resolution(until, until <= facts.now, {"value": value, "until": until.isoformat()})


def _learned(form: Learned, facts: Facts, zone: ZoneInfo, time_scale: float) -> Resolution:
    span, source = _learned_span(form, facts), "learned"
    if span is None:
        span, source = form.default, "default"
    span = min(span, LONGEST) * form.times
    if form.min is not None:
        span = max(span, form.min)
    if form.max is not None:
        span = min(span, form.max)
    span = min(span, LONGEST)
    until = facts.now + span / time_scale
    if form.at is not None and time_scale == 1:
        until = next_clock(until, zone, form.at)
    return Resolution(until, False, {"source": source, "seconds": span.total_seconds(), "until": until.isoformat()})


def _learned_span(form: Learned, facts: Facts) -> timedelta | None:
    """A number is days. What cannot be read as a span, or has no gaps yet, is None."""
    if form.gap_event is not None:
        gap = Gap(event=form.gap_event, stat=form.gap_stat, tests=())
        past = [one for one in facts.history if one.name == form.gap_event and one.timestamp <= facts.now]
        seconds = gap_seconds(gap, past)
        return timedelta(seconds=float(seconds)) if seconds is not None else None
    value = look_up(form.ref.ref, facts) if form.ref is not None else None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return max(timedelta(days=float(value)), timedelta(0))
        return parse_duration(value)
    except (ValueError, OverflowError):
        return None
