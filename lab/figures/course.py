"""How one run went, as far as a report is concerned: the same shape for what happened and for what a draft does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was handed over, or (a ghost) would have been."""

    at: datetime
    step: str
    visit: int
    channel: str
    template: str

    @property
    def name(self) -> str:
        """`email/welcome`."""
        return f"{self.channel}/{self.template}"


@dataclass(frozen=True, slots=True)
class Held:
    """A message that the gate held back: `skip` for good, `defer` for a while, `late` past its deadline. `check` says why."""

    at: datetime
    step: str
    outcome: str
    check: str


@dataclass(slots=True)
class Course:
    """One run. `waiting` are the steps at which it waits in the end; `event` is the id of what started it."""

    run: UUID
    event: str
    entered_at: datetime
    key: str = ""
    version: int = 0
    ghost: bool = False
    sent: list[Sent] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    waiting: Sequence[str] = ()
    ended: str | None = None
    ended_at: datetime | None = None
    parked: str | None = None
    converted_at: datetime | None = None
    value: float | None = None


def held_of(at: datetime, step: str | None, outcome: str, detail: Mapping[str, JsonValue]) -> Held | None:
    """What a `gate` line of the decision log says about a message that was held back; None: it was not."""
    if outcome == "go":
        return None
    return Held(at, step or "", outcome, _failed(detail))


def _failed(detail: Mapping[str, JsonValue]) -> str:
    """The check that decided: the first that the last channel failed. A message that came too late was late for that reason."""
    asked = detail.get("asked")
    last = asked[-1] if isinstance(asked, list) and asked else None
    checks = last.get("checks") if isinstance(last, dict) else None
    for check in checks if isinstance(checks, list) else ():
        if isinstance(check, dict) and check.get("passed") is False:
            return str(check.get("check"))
    return "channel"


def by_event(courses: Iterable[Course]) -> dict[str, list[Course]]:
    """The courses that each event started."""
    found: dict[str, list[Course]] = {}
    for course in courses:
        found.setdefault(course.event, []).append(course)
    return found
