"""Approvals: what is approved of, and whether that still is what would be sent. Pure.

An approval is bound to the content of the sends it names: the published versions of their templates, and the steps' own
settings. When the content is another one, it does not hold any more.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from domain.events import AcceptedEvent, EventName
from domain.frozen import Frozen
from domain.ids import effect_key
from domain.program import Approve, Program, Send

Versions = Mapping[tuple[str, str], int]
"""The live version of each template, by channel and name."""

Status = Literal["open", "approved", "rejected", "lapsed"]
"""lapsed: it was approved, and the content was another one when it was to be sent; it is asked for again."""


class Part(Frozen):
    """What one send would hand over. `settings` are the step's own; `versions` those of its templates, by channel."""

    step: str
    template: str
    versions: dict[str, int]
    settings: dict[str, JsonValue]


def content_of(program: Program, of: Sequence[str], versions: Versions) -> tuple[Part, ...]:
    """What these sends would hand over now."""
    return tuple(_part(step, versions) for name in of if isinstance(step := program.steps.get(name), Send))


def _part(step: Send, versions: Versions) -> Part:
    return Part(
        step=step.id,
        template=step.template,
        versions={channel: versions.get((channel, step.template), 0) for channel in step.channels},
        settings=step.model_dump(
            mode="json", exclude={"id", "op", "scopes", "next", "template"}, exclude_defaults=True
        ),
    )


def templates_of(program: Program, of: Sequence[str]) -> list[tuple[str, str]]:
    """The templates (channel, name) that these sends may use."""
    sends = [step for name in of if isinstance(step := program.steps.get(name), Send)]
    return sorted({(channel, step.template) for step in sends for channel in step.channels})


def digest_of(content: Sequence[Part]) -> str:
    """Names what was shown to whoever answers: the steps, with their content."""
    told = json.dumps([part.model_dump(mode="json") for part in content], sort_keys=True)
    return sha256(told.encode()).hexdigest()[:32]


def is_same_content(one: Sequence[Part], other: Sequence[Part]) -> bool:
    """Whether the same would be handed over, whatever the steps are called: a digest also tells their names apart."""
    return [part.model_copy(update={"step": ""}) for part in one] == [
        part.model_copy(update={"step": ""}) for part in other
    ]


def asked_for(program: Program, send: str, visits: Mapping[str, int]) -> list[tuple[str, int]]:
    """The approvals of this send that the run has asked for: step and visit."""
    steps = [step for step in program.steps.values() if isinstance(step, Approve) and send in step.of]
    return [(step.id, visits[step.id]) for step in steps if step.id in visits]


def sends_of(program: Program, asked_as: str, of: Sequence[str], sent_as: Mapping[str, str]) -> tuple[str, ...]:
    """The sends that a question is about by this version, which may be a later one than that in which it was asked: `asked_as` is
    its step's id then, `sent_as` what steps were called. A version without the step changes nothing about it."""
    name = next((now for now, was in sent_as.items() if was == asked_as), asked_as)
    step = program.steps.get(name)
    return step.of if isinstance(step, Approve) else tuple(of)


class Objection(Frozen):
    """Why a send that somebody was to approve of does not go out. `lapsed`: it is asked for again, and the run is parked."""

    code: Literal["not_approved", "approval_lapsed"]
    why: str

    @property
    def result(self) -> Literal["skipped", "defect"]:
        """What it means for the run: a defect parks it."""
        return "defect" if self.code == "approval_lapsed" else "skipped"


def objection(status: Status, *, is_same: bool) -> Objection | None:
    """What speaks against sending; None: it is approved, and what is sent is what was approved of."""
    match status:
        case "approved" if is_same:
            return None
        case "approved" | "lapsed":
            why = "what was approved of has been changed since; it is asked for again, and then to be retried"
            return Objection(code="approval_lapsed", why=why)
        case "rejected":
            return Objection(code="not_approved", why="it was rejected")
        case "open":
            return Objection(code="not_approved", why="nobody has approved of it")


def answer_event(
    run: UUID, step: str, visit: int, verdict: Literal["approved", "rejected"], *, customer: UUID, at: datetime
) -> AcceptedEvent:
    """Tells the run that waits for it what the answer is."""
    key = effect_key(run, step, visit)
    return AcceptedEvent(
        type="internal",
        name=EventName.APPROVAL_GIVEN if verdict == "approved" else EventName.APPROVAL_REFUSED,
        identities=(f"customer_id:{customer}",),
        message_id=f"{key}/answer",
        source="approvals",
        timestamp=at,
        received_at=at,
        properties={"answers": [key], "run_id": str(run), "step": step},
        applied=True,
    )
