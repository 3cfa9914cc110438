"""Collects what is wrong with a document, each with its place, so that an author sees everything at once."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from domain.document.form import Form
from domain.errors import Problem

F = TypeVar("F", bound=Form)


class Report:
    """Problems refuse the document, warnings do not. A thing that was said already is not said again."""

    def __init__(self) -> None:
        self.problems: dict[Problem, None] = {}
        self.warnings: dict[Problem, None] = {}

    def refuse(self, path: str, message: str, remedy: str = "", code: str = "invalid") -> None:
        self.problems.setdefault(Problem(path=path, message=sentence(message), remedy=remedy, code=code))

    def warn(self, path: str, message: str, remedy: str, code: str) -> None:
        self.warnings.setdefault(Problem(path=path, message=sentence(message), remedy=remedy, code=code))

    def take(self, problems: Sequence[Problem]) -> None:
        """Problems that were found elsewhere."""
        self.problems.update(dict.fromkeys(problems))

    def read(self, form: type[F], written: object, path: str) -> F | None:
        """What was written as this form; None, and every reason noted, when it cannot be read."""
        try:
            return form.model_validate(written)
        except ValidationError as refused:
            self.explain(refused, written, path)
            return None

    def explain(self, refused: ValidationError, written: object, path: str) -> None:
        """Everything that a form refused, at its place in what was written."""
        for error in refused.errors(include_url=False):
            told: Mapping[str, Any] = error.get("ctx", {})
            place = where(path, written, error["loc"])
            self.refuse(place, told.get("message", error["msg"]), told.get("remedy", ""), error["type"])


def join(path: str, *keys: str | int) -> str:
    """`steps[0].send` and so on: keys after dots, positions in brackets."""
    for key in keys:
        dot = "." if path else ""
        path += f"[{key}]" if isinstance(key, int) else f"{dot}{key}"
    return path


def where(path: str, written: object, location: Sequence[str | int]) -> str:
    """The path of an error in what was really written: keys that only the long form has are left out."""
    for key in location:
        if isinstance(written, Mapping):
            written = written.get(key)
        elif isinstance(written, list) and isinstance(key, int) and key < len(written):
            written = written[key]
        else:
            break
        path = join(path, key)
    return path


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"
