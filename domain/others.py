"""What a run asks of other journeys, and the internal events by which they answer. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Unpack
from uuid import UUID

from pydantic import JsonValue

from domain.changing import Origin, report
from domain.engine.state import State
from domain.events import AcceptedEvent, EventName
from domain.ids import effect_key
from domain.program import StartJourney, StopJourney
from domain.rules.facts import Facts
from domain.rules.references import look_up
from domain.rules.rule import Ref

SOURCE = "journey"


def entry_request(state: State, step: StartJourney, facts: Facts, **origin: Unpack[Origin]) -> AcceptedEvent:
    """The request of a run for a run of another journey. `answers` are the questions to which its end is the answer.

    Its message id is that of the step and visit: asked twice it is one request.
    """
    key = effect_key(state.run.id, step.id, state.visit)

    def values(given: dict[str, Ref | JsonValue]) -> dict[str, JsonValue]:
        return {name: look_up(value.ref, facts) if isinstance(value, Ref) else value for name, value in given.items()}

    return AcceptedEvent(
        type="internal",
        name=EventName.ENTRY_REQUESTED,
        identities=(f"customer_id:{origin['customer']}",),
        message_id=f"{key}/{EventName.ENTRY_REQUESTED}",
        source=SOURCE,
        timestamp=origin["at"],
        received_at=origin["received_at"],
        properties={
            "journey": step.journey,
            "inputs": values(step.inputs),
            "data": values(step.data),
            "answers": [key] if step.listens else [],
            "by": {"journey": state.run.journey, "run_id": str(state.run.id), "step": step.id},
        },
        depth=origin["depth"] + 1,
        applied=True,
    )


def stop_request(state: State, step: StopJourney, **origin: Unpack[Origin]) -> AcceptedEvent:
    """The request of a run that the customer's runs in another journey end."""
    return report(state, EventName.STOP_REQUESTED, {"stop": step.journey}, **origin)


def questions_in(properties: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """The keys of the questions that an event, or the entry of a run, is to answer."""
    answers = properties.get("answers")
    return tuple(key for key in answers if isinstance(key, str)) if isinstance(answers, list) else ()


def journey_ended(
    questions: Sequence[str], run: UUID, journey: str, reason: str, *, customer: UUID, depth: int, at: datetime
) -> AcceptedEvent:
    """Tells whoever waits for it how a run has ended."""
    properties: dict[str, JsonValue] = {"journey": journey, "run_id": str(run), "reason": reason}
    return _answer(EventName.JOURNEY_ENDED, questions, properties, customer=customer, depth=depth, at=at)


def entry_refused(
    questions: Sequence[str], journey: str, reason: str, why: str, *, customer: UUID, depth: int, at: datetime
) -> AcceptedEvent:
    """Tells whoever waits for its end that no run has begun."""
    properties: dict[str, JsonValue] = {"journey": journey, "reason": f"refused:{reason}", "why": why}
    return _answer(EventName.ENTRY_REFUSED, questions, properties, customer=customer, depth=depth, at=at)


def _answer(
    name: EventName,
    questions: Sequence[str],
    properties: dict[str, JsonValue],
    *,
    customer: UUID,
    depth: int,
    at: datetime,
) -> AcceptedEvent:
    return AcceptedEvent(
        type="internal",
        name=name,
        identities=(f"customer_id:{customer}",),
        message_id=f"{questions[0]}/{name}",
        source=SOURCE,
        timestamp=at,
        received_at=at,
        properties={**properties, "answers": list(questions)},
        depth=depth + 1,
        applied=True,
    )
