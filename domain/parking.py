"""Parked runs: what mends each cause, and whether a step that is tried again still makes sense."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.durations import format_duration
from domain.engine.lanes import views
from domain.engine.sending import deadline_of
from domain.engine.state import State
from domain.frozen import Frozen
from domain.moments import resolve
from domain.program import Notify, Program, Send, UntilMoment, Wait, Webhook
from domain.rules.facts import Facts

StalePolicy = Literal["as_set", "skip", "end", "retry"]
"""What becomes of a parked step that comes too late: what the step itself says (`if_late`), or one of these."""

REMEDIES = {
    "template_missing": "Publish the template, then retry.",
    "template_variable_missing": "Give the variable a default in the template, or the customer the attribute; then retry.",
    "template_limit": "Make the template do less, publish it, then retry.",
    "template_failed": "Mend the template, publish it, then retry.",
    "ics_without_start": "The event that started the run has no time: skip the step, or end the run.",
    "authentication_refused": "Correct the provider's account in the worker's settings and restart it, then retry.",
    "sender_refused": "Use a sender that the mail server allows, then retry.",
    "sender_invalid": "Correct the sender's address in the account or the step, then retry.",
    "server_refuses": "Ask the mail server's operator why it refuses this installation, then retry.",
    "tls_failed": "Correct the mail server's certificate or SOJOURN_SMTP_TLS, then retry.",
    "not_supported": "The mail server lacks what this mail needs: change one of them, then retry.",
    "channel_missing": "Set the channel's provider up and restart the workers, then retry.",
    "unknown": "Look into the provider's log and resolve the message (POST /v1/messages/MESSAGE/resolve); the run then goes on.",
    "late": "It is too late by the step's own deadline: retry with --stale retry, or skip the step.",
    "refused": "Correct the customer's address, then retry; or skip the step.",
}
OTHER_REMEDY = "`sojourn explain --run RUN` tells what happened. Mend the cause, then retry; or skip the step."


def remedy_of(code: str) -> str:
    """What to do about runs parked with this code, in a sentence."""
    return REMEDIES.get(code, OTHER_REMEDY)


class ParkedGroup(Frozen):
    """Parked runs with one cause at one step. `why` is what was said about `example`, the run that was parked last."""

    journey: str
    version: int
    step: str
    code: str
    runs: int
    people: int
    oldest: datetime
    newest: datetime
    example: UUID
    why: str | None = None
    remedy: str = ""


class Advice(Frozen):
    """What to do with a parked run, and why if it is not simply tried again."""

    verdict: Literal["retry", "retry_anew", "skip", "end", "leave"]
    note: str = ""


class Terms(NamedTuple):
    """An operator's terms: runs that have been parked for longer than `stale_after` are stale too."""

    stale: StalePolicy = "as_set"
    stale_after: timedelta | None = None


def advise(program: Program, state: State, parked_at: datetime, facts: Facts, zone: ZoneInfo, terms: Terms) -> Advice:
    """Whether the parked step of a run is tried again: a reminder for what is over is not sent (semantics 20).

    The step's deadline goes on counting from when it first fell due. A step behind `wait: {until: …, offset: -…}` is stale when
    the moment itself has passed.
    """
    view = next((view for view in views(state) if view.parked is not None), None)
    if view is None:
        return Advice(verdict="leave", note="The run is not parked.")
    if terms.stale == "retry":
        return Advice(verdict="retry_anew")
    late = _late(program, view, facts.now)
    why = late or _over(program, view, facts, zone) or _parked_too_long(parked_at, facts.now, terms.stale_after)
    if why is None:
        return Advice(verdict="retry")
    if terms.stale != "as_set":
        return Advice(verdict=terms.stale, note=why)
    return _as_set(program, view, why, is_late=late is not None)


def _late(program: Program, view: State, now: datetime) -> str | None:
    step = program.steps[view.at or ""]
    if not isinstance(step, Send | Webhook | Notify):
        return None
    deadline = deadline_of(view, step.deadline)
    return f"Its deadline was over at {_minute(deadline)}." if now > deadline else None


def _over(program: Program, view: State, facts: Facts, zone: ZoneInfo) -> str | None:
    """Of the waits before the step the last one counts: what stood before a moment makes no sense after it."""
    before = [program.steps[name] for name in view.path if name != view.at and name in program.steps]
    wait = next((step for step in reversed(before) if isinstance(step, Wait)), None)
    if wait is None or not isinstance(wait.until, UntilMoment) or wait.until.offset >= timedelta(0):
        return None
    moment = wait.model_copy(update={"until": wait.until.model_copy(update={"offset": timedelta(0)})})
    told_at = view.run.entry.accepted_at if view.run.entry is not None else None
    resolution = resolve(moment, facts, zone, time_scale=view.run.time_scale, told_at=told_at)
    if not resolution.is_past or resolution.until is None:
        return None
    return f"It was to come before {_minute(resolution.until)} ({wait.id}), which is over."


def _parked_too_long(parked_at: datetime, now: datetime, longest: timedelta | None) -> str | None:
    if longest is None or now - parked_at <= longest:
        return None
    return f"It was parked at {_minute(parked_at)}, more than {format_duration(longest)} ago."


def _as_set(program: Program, view: State, why: str, *, is_late: bool) -> Advice:
    """What the step says about coming too late. Past its deadline the engine itself does so when it is tried again."""
    step = program.steps[view.at or ""]
    if_late = step.if_late if isinstance(step, Send) else "skip"
    if if_late == "park":
        return Advice(
            verdict="leave", note=f"{why} The step says `if_late: park`: choose with --stale retry, skip or end."
        )
    if is_late:
        return Advice(verdict="retry", note=why)
    return Advice(verdict="end" if if_late == "exit" else "skip", note=why)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
