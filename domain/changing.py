"""What a step changes about the customer, and the internal event that tells of it. Pure."""

from datetime import datetime
from typing import NamedTuple, TypedDict, Unpack
from uuid import UUID

from pydantic import JsonValue

from domain.account import Account
from domain.engine.state import State
from domain.events import AcceptedEvent, EventName
from domain.ids import effect_key
from domain.profile import fitted
from domain.program import SetAttributes
from domain.rules.facts import Facts
from domain.rules.references import look_up
from domain.rules.rule import Ref


class Origin(TypedDict):
    """Where an event of a run comes from: whose it is, the `depth` of the run that made it, and when."""

    customer: UUID
    depth: int
    at: datetime
    received_at: datetime


class Changes(NamedTuple):
    """The top-level attributes that get new values, None for one that is removed; and those for which there is no room."""

    new: dict[str, JsonValue]
    refused: tuple[str, ...] = ()

    @property
    def detail(self) -> dict[str, JsonValue]:
        """What the decision log says about them."""
        return {"attributes": self.new, **({"refused": list(self.refused)} if self.refused else {})}


def changes_of(step: SetAttributes, facts: Facts, account: Account) -> Changes:
    """What the step changes about the customer, within the limits of a profile."""
    new = _new_attributes(step, facts)
    both: dict[str, JsonValue] = {**facts.attributes, **new}
    wanted = {name: value for name, value in both.items() if value is not None}
    refused = fitted(facts.attributes, dict(wanted), account).refused
    return Changes({name: value for name, value in new.items() if name not in refused}, refused)


def _new_attributes(step: SetAttributes, facts: Facts) -> dict[str, JsonValue]:
    new = {
        name: look_up(value.ref, facts) if isinstance(value, Ref) else value for name, value in step.attributes.items()
    }
    for name, amount in step.increment.items():
        old = facts.attributes.get(name)
        new[name] = (old if isinstance(old, int | float) and not isinstance(old, bool) else 0) + amount
    if step.add_tags or step.remove_tags:
        old_tags = facts.attributes.get("tags")
        tags = [tag for tag in (old_tags if isinstance(old_tags, list) else []) if tag not in step.remove_tags]
        new["tags"] = tags + [tag for tag in step.add_tags if tag not in tags]
    return new


def new_score(old: float, *, add: float | None, set_to: float | None) -> float:
    """The score after it was set, or something was added to it."""
    return set_to if set_to is not None else old + (add or 0)


def report(
    state: State,
    name: EventName,
    properties: dict[str, JsonValue],
    **origin: Unpack[Origin],
) -> AcceptedEvent:
    """The event by which triggers and the timeline learn of a change."""
    run = state.run
    return AcceptedEvent(
        type="internal",
        name=name,
        identities=(f"customer_id:{origin['customer']}",),
        message_id=f"{effect_key(run.id, state.at or '', state.visit)}/{name}",
        source="journey",
        timestamp=origin["at"],
        received_at=origin["received_at"],
        properties={**properties, "run_id": str(run.id), "journey": run.journey, "step": state.at},
        depth=origin["depth"] + 1,
        applied=True,
    )
