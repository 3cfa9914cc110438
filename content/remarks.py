"""Findings at their line of a text, and the comments in it that allow them: `# allow: never_holds`."""

import re
from collections.abc import Iterable, Mapping

from content.yaml import place_of, places
from content.yaml_tree import Mark
from domain.errors import Problem

_REMARK = re.compile(r"(?:^|\s)#\s*allow:\s*([a-z_]+(?:\s*,\s*[a-z_]+)*)\s*$")


class Located(Problem):
    """A problem with its line and column in the text, both from 1; null where it belongs to no line."""

    line: int | None = None
    column: int | None = None


def located(text: str, problems: Iterable[Problem]) -> tuple[Located, ...]:
    """The problems of a text with one document, each at its line."""
    marks = places(text)
    return tuple(at_line(problem, marks[0] if len(marks) == 1 else {}) for problem in problems)


def warned(text: str, warnings: Iterable[Problem]) -> tuple[Located, ...]:
    """The warnings of a text with one document, each at its line, without those that the author allows there."""
    allowed = allowed_in(text)
    return tuple(one for one in located(text, warnings) if one.code not in allowed.get(one.line or 0, ()))


def at_line(problem: Problem, marks: Mapping[str, Mark]) -> Located:
    """The problem where its path stands, or the nearest thing around it."""
    mark = place_of(problem.path, dict(marks)) if problem.path else None
    place = {"line": mark.line, "column": mark.column} if mark else {}
    return Located(**problem.model_dump(), **place)


def allowed_in(text: str) -> dict[int, frozenset[str]]:
    """The codes that comments allow, by line. A comment on a line of its own speaks of the next line that is none."""
    allowed: dict[int, frozenset[str]] = {}
    waiting: frozenset[str] = frozenset()
    for number, line in enumerate(text.splitlines(), 1):
        found = _REMARK.search(line)
        codes = frozenset(re.split(r"\s*,\s*", found[1])) if found else frozenset()
        if line.lstrip().startswith("#"):
            waiting |= codes
        elif line.strip():
            allowed[number] = waiting | codes
            waiting = frozenset()
    return {number: codes for number, codes in allowed.items() if codes}
