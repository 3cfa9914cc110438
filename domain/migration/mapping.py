"""A map from steps of one version to those of another, as an operator writes it: can it be meant?"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from domain.engine.fitting import can_replace, said
from domain.errors import InvalidDocument, InvalidInput, Problem
from domain.program import Program


def read_map(pairs: Iterable[str]) -> dict[str, str]:
    """`old-step=new-step` of a command line. Raises InvalidInput."""
    steps: dict[str, str] = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (old and equals and new):
            raise InvalidInput(f"--map {pair}: write OLD=NEW, as in --map wait-3d=wait-2d.")
        if steps.get(old, new) != new:
            raise InvalidInput(f"--map: {old} is mapped to {steps[old]} and to {new}.")
        steps[old] = new
    return steps


def check_map(old: Program, new: Program, steps: Mapping[str, str]) -> None:
    """Raises InvalidDocument with every entry that names an unknown step, or puts a step in the place of another kind."""
    problems = [problem for pair in steps.items() for problem in _problems(old, new, *pair)]
    if problems:
        raise InvalidDocument(problems)


def _problems(old: Program, new: Program, name: str, replacement: str) -> list[Problem]:
    place = f"map.{name}"
    here, there = old.steps.get(name), new.steps.get(replacement)
    found = []
    if here is None:
        found.append(_unknown(place, name, old))
    if there is None:
        found.append(_unknown(place, replacement, new))
    if here is not None and there is not None and not can_replace(here, there):
        found.append(
            Problem(
                path=place,
                message=f"{name} is {said(here)}, and {replacement} is {said(there)}.",
                remedy="Map it to a step of its kind; waits may take each other's place.",
                code="kind",
            )
        )
    return found


def _unknown(place: str, name: str, program: Program) -> Problem:
    near = get_close_matches(name, program.steps, n=1)
    remedy = (
        f"Did you mean {near[0]}?"
        if near
        else f"It has {', '.join(step for step in program.steps if '/' not in step)}."
    )
    return Problem(
        path=place,
        message=f"{f'version {program.version}' if program.version else 'the draft'} of {program.journey} has no step {name}.",
        remedy=remedy,
        code="unknown_step",
    )


def turned_round(steps: Mapping[str, str]) -> dict[str, str]:
    """The map of the way back. Where two steps became one, the first is gone back to."""
    back: dict[str, str] = {}
    for old, new in steps.items():
        back.setdefault(new, old)
    return back
