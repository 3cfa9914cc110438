"""What is known about one customer when a rule is asked: loaded by store in the live system, made up by tests and simulations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from pydantic import JsonValue

_NOTHING: Mapping[str, JsonValue] = MappingProxyType({})


class Happening(NamedTuple):
    """Something that happened: an applied event as rules see it. `position` orders one customer's events."""

    name: str
    timestamp: datetime
    properties: Mapping[str, JsonValue] = _NOTHING
    position: int = 0


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a recipient did with a message of this run, as sent by `step`; machine reactions are left out by the loader."""

    step: str
    how: str
    at: datetime
    link: str | None = None


class Facts(NamedTuple):
    """Everything a rule may ask about. Missing is missing: a comparison with it is false and says so."""

    now: datetime
    attributes: Mapping[str, JsonValue] = _NOTHING
    score: float = 0.0
    zone: tzinfo = UTC
    history: Sequence[Happening] = ()
    event: Mapping[str, JsonValue] = _NOTHING
    run: Mapping[str, JsonValue] = _NOTHING
    item: JsonValue = None
    arriving: Mapping[str, JsonValue] = _NOTHING
    reactions: Sequence[Reaction] = ()
    reachable: frozenset[str] = frozenset()
    subscribed: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be loaded before a rule can be asked. `events` maps a name to how far back (None: for ever)."""

    events: Mapping[str, timedelta | None] = field(default_factory=dict)
    reactions: bool = False
    reachable: bool = False
    topics: bool = False
    segments: bool = False

    @property
    def is_more_than_profile(self) -> bool:
        """Whether something is asked beside the customer's attributes and score, the event and the run."""
        return bool(self.events or self.reactions or self.reachable or self.topics or self.segments)
