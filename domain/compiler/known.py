"""What the compiler is told about the world, and what it gives back."""

from dataclasses import dataclass

from pydantic import JsonValue

from domain.errors import Problem
from domain.program import Program


@dataclass(frozen=True, slots=True)
class Known:
    """What exists in the installation. `templates` are (channel, name); `channels` are those with a provider."""

    templates: frozenset[tuple[str, str]]
    topics: frozenset[str]
    channels: frozenset[str] = frozenset({"email", "sms"})
    segments: frozenset[str] = frozenset()
    journeys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compiled:
    """The program, the document with an id in every step, and what is worth a second look."""

    program: Program
    document: dict[str, JsonValue]
    warnings: tuple[Problem, ...] = ()
