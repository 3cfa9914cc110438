"""What somebody who is entered by hand must bring: the journey's declared inputs."""

from collections.abc import Mapping
from datetime import UTC

from pydantic import JsonValue

from domain.calendar import parse_instant
from domain.durations import Rate
from domain.errors import Problem
from domain.program import Program


def check_inputs(declared: Mapping[str, str], given: Mapping[str, JsonValue]) -> tuple[Problem, ...]:
    """Everything that is missing, of another type than declared, or not declared. Empty: they fit."""
    problems = [
        Problem(path=f"inputs.{name}", message=f"the journey needs {name}, which is {_article(kind)}.", code="missing")
        for name, kind in declared.items()
        if given.get(name) is None
    ]
    for name, value in given.items():
        kind = declared.get(name)
        if kind is None:
            known = ", ".join(declared) or "none"
            remedy = f"Declared are: {known}."
            problems.append(
                Problem(path=f"inputs.{name}", message="the journey declares no such input.", remedy=remedy)
            )
        elif value is not None and not fits(kind, value):
            problems.append(Problem(path=f"inputs.{name}", message=f"this is not {_article(kind)}."))
    return tuple(problems)


def fits(kind: str, value: JsonValue) -> bool:
    """Is this value of the declared type?"""
    match kind:
        case "text":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "datetime":
            return parse_instant(value, UTC) is not None
        case "list":
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


def _article(kind: str) -> str:
    return {"text": "text", "datetime": 'a date and time, as in "2026-11-21T09:00:00Z"'}.get(kind, f"a {kind}")


def rate_of(program: Program) -> Rate | None:
    """The slowest of the journey's intakes; None when its newest version has none any more: then all may go in."""
    rates = [entry.intake for entry in program.entries if entry.intake is not None]
    return min(rates, key=lambda rate: rate.count / rate.per.total_seconds(), default=None)
