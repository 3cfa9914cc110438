"""Steps and their settings as words. What two versions say of the same setting is compared as it is said."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from domain.diff.rules import rule_words, value_words
from domain.durations import Rate, format_duration
from domain.explain.voice import heard_by, listed
from domain.program import (
    Arm,
    BusinessDays,
    Case,
    ForDuration,
    InWindow,
    Lane,
    Learned,
    Listen,
    Notify,
    Operation,
    QuietHours,
    Send,
    Silence,
    Trigger,
    UntilClock,
    UntilMoment,
    Wait,
    WaitFor,
    Webhook,
)
from domain.rules.rule import Ref

NO_SETTINGS = frozenset(
    {"id", "op", "scopes", "next", "then", "otherwise", "body", "has_else", "stage", "repeat", "parallel"}
)
"""Fields of a step that say where it stands and where it leads."""

_LABELS = {
    "until": "delay",
    "within": "for at most",
    "channels": "by",
    "at": "at",
    "sender": "from",
    "gather_as": "as",
    "listens": "listens for",
    "cases": "branches on",
    "arms": "splits into",
    "lanes": "goes side by side",
    "best_channel": "best channel first",
    "set_to": "sets to",
    "again": "again",
    "trigger": "starts with",
    "triggers": "is met by",
    "counts_from": "counted from",
}


def title_of(step: Operation) -> str:
    """The step in a few words: `send email/welcome`, `delay 3d`."""
    match step:
        case Send(template=template, channels=channels):
            return f"send {'/'.join([listed(channels, 'or'), template])}"
        case Wait(until=until):
            return f"delay {phrase(until)}"
        case WaitFor(listens=listens):
            return f"wait_for {listed((heard_by(listen) for listen in listens), 'or')}"
        case Webhook(url=url):
            return f"webhook {url}"
        case Notify(email=email, webhook=webhook):
            return f"notify {email or webhook}"
    return step.op.replace("_", " ")


def settings(model: BaseModel) -> dict[str, str]:
    """What is set, by its label, in words; what is not set is left out."""
    said = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name not in NO_SETTINGS and value not in (None, (), {}, False, ""):
            said[_LABELS.get(name, name.replace("_", " "))] = phrase(value)
    return said


def phrase(value: Any) -> str:
    """Any value of a program as a person would say it."""
    match value:
        case timedelta():
            return format_duration(value)
        case Rate(count=count, per=per):
            return f"{count}/{format_duration(per)}"
        case Listen():
            return heard_by(value) if value.rule is None else rule_words(value.rule)
        case Trigger():
            return _trigger(value)
        case Case(rule=rule, label=label):
            return f"{label}: {rule_words(rule)}"
        case Arm(name=name, weight=weight):
            return f"{name} {weight:.0%}"
        case Lane(name=name):
            return name
        case QuietHours(start=start, end=end):
            return f"{start} to {end}"
        case ForDuration() | UntilClock() | UntilMoment() | InWindow() | Silence() | Learned() | BusinessDays():
            return _until(value)
        case Ref():
            return value.ref
        case BaseModel() if hasattr(value, "node"):
            return rule_words(value)  # type: ignore[arg-type]
        case tuple() | list():
            return listed(phrase(each) for each in value)
        case Mapping():
            return listed(f"{name} {phrase(each)}" for name, each in value.items())
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case str() | int() | float():
            return str(value)
    return value_words(value)


def _trigger(trigger: Trigger) -> str:
    parts = [listed((f'"{event}"' for event in trigger.events), "or")]
    parts += [f"with {rule_words(trigger.where)}"] if trigger.where is not None else []
    parts += [f"if {rule_words(trigger.rule)}"] if trigger.rule is not None else []
    parts += [f"for the same {trigger.same}"] if trigger.same else []
    return " ".join(part for part in parts if part) or "an order"


def _until(form: BaseModel) -> str:
    match form:
        case ForDuration(span=span):
            return format_duration(span)
        case UntilClock(time=time, days=days):
            return f"until {time}" + (f" on {listed(days, 'or')}" if days else "")
        case UntilMoment(moment=moment, offset=offset, if_past=if_past):
            place = moment.ref if isinstance(moment, Ref) else moment
            shift = f" {format_duration(offset)}" if offset else ""
            return f"until {place}{shift}, if past {if_past}"
        case InWindow(start=start, end=end):
            return f"until it is between {start} and {end}"
        case Silence(listen=listen, span=span):
            return f"until {heard_by(listen)} has not come for {format_duration(span)}"
        case BusinessDays(days=days):
            return f"{days} business days"
        case Learned(default=default):
            return f"a learned span (else {format_duration(default)}): " + ", ".join(
                f"{name} {phrase(value)}"
                for name, value in form.model_dump(exclude={"form", "default"}, exclude_none=True).items()
            )
    return str(form)
