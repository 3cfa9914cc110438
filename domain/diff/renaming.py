"""A version in the words of a later one: its steps called as a map says that they are called there."""

from collections.abc import Mapping
from typing import Any

from domain.engine.fitting import new_name
from domain.program import Program

_IDS = frozenset({"id", "start", "next", "then", "otherwise", "body", "stage", "repeat", "parallel", "goto", "to"})
"""Fields that name a step, or what belongs to one."""

_LISTS = frozenset({"scopes", "of"})
_AUTHORS = frozenset({"data", "inputs", "headers", "values", "attributes"})
"""Fields whose keys the author has chosen: whatever stands there names no step."""


def renames(old: Program, steps: Mapping[str, str]) -> dict[str, str]:
    """The steps of a map that are only called otherwise. Where one takes the place of a step that stays, or of another one that has
    it already, it is gone."""
    found: dict[str, str] = {}
    for name, now in steps.items():
        if name != now and now not in found.values() and (now not in old.steps or now in steps):
            found[name] = now
    return found


def called(program: Program, steps: Mapping[str, str]) -> Program:
    """The program with these steps called otherwise, wherever they are named."""
    if not steps:
        return program
    said = program.model_dump(mode="json")
    said["steps"] = {new_name(name, steps): step for name, step in said["steps"].items()}
    return Program.model_validate(_called(said, steps, ""))


def _called(value: Any, steps: Mapping[str, str], key: str) -> Any:
    match value:
        case dict() if key not in _AUTHORS:
            named = {name: _called(each, steps, name) for name, each in value.items()}
            return named | ({"to": value["to"]} if value.get("op") == "approve" else {})
        case list():
            return [_called(each, steps, "id" if key in _LISTS else key) for each in value]
        case str() if key in _IDS:
            return new_name(value, steps)
    return value
