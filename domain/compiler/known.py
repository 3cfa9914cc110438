"""What the compiler is told about the world, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from domain.errors import Problem
from domain.program import Program
from domain.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Known:
    """What exists in the installation. `templates` are (channel, name); `channels` are those with a provider.
    `journeys`, `secrets` None: which there are is not known here. `inputs` are what those entered by request declare."""

    templates: frozenset[tuple[str, str]]
    topics: frozenset[str]
    channels: frozenset[str] = frozenset({"email", "sms"})
    segments: frozenset[str] = frozenset()
    journeys: frozenset[str] | None = None
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule of the journey where it stands: as written and as read. `step` None: it belongs to no step.

    `is_where`: it asks about the properties of an arriving event.
    """

    path: str
    step: str | None
    written: object
    rule: Rule
    is_where: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """The program, the document with an id in every step, its rules, and what is worth a second look."""

    program: Program
    document: dict[str, JsonValue]
    warnings: tuple[Problem, ...] = ()
    rules: tuple[Placed, ...] = ()
