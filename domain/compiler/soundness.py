"""What any document must be before it is read: finite, of JSON, storable, and neither too deep nor too large."""

from collections.abc import Mapping
from math import isfinite

from domain.document.steps import every_step
from domain.errors import InvalidDocument, Problem
from domain.rules.references import storable

MAX_DEPTH = 100
MAX_VALUES = 50_000
MAX_STEPS = 1_000
"""Ten times what anybody draws; the time to compile grows with the square."""


def check_sound(document: object) -> None:
    """Raises InvalidDocument for what no journey can hold. Walks without recursion: the document may be hostile."""
    heads: list[tuple[object, int]] = [(document, 0)]
    count = 0
    while heads:
        value, depth = heads.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_VALUES:
            what = "nested too deeply" if depth > MAX_DEPTH else "too large"
            raise _unsound(f"The document is {what}.", "Divide it into several journeys.")
        match value:
            case dict():
                if not all(isinstance(key, str) and storable(key) for key in value):
                    raise _unsound("A key of the document is not text.", "Put keys in quotes.")
                heads.extend((inner, depth + 1) for inner in value.values())
            case list():
                heads.extend((inner, depth + 1) for inner in value)
            case str() if not storable(value):
                raise _unsound("The document holds a NUL or half a character.", "Take it out.")
            case float() if not isfinite(value):
                raise _unsound(f"The document holds {value}, which is no number.", "Write a number, or text in quotes.")
            case None | bool() | int() | float() | str():
                pass
            case _:
                raise _unsound(f"The document holds a {type(value).__name__}, which JSON has not.", "Put it in quotes.")
    if isinstance(document, Mapping) and sum(1 for _ in every_step(document.get("steps"))) > MAX_STEPS:
        raise _unsound(f"The document has more than {MAX_STEPS} steps.", "Divide it into several journeys.")


def _unsound(message: str, remedy: str) -> InvalidDocument:
    return InvalidDocument([Problem(path="", message=message, remedy=remedy, code="unsound")])
