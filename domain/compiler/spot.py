"""The place in the plan that is being compiled, and what a step can do from there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from domain.compiler.draft import Draft
from domain.compiler.report import join
from domain.document.words import reference
from domain.program import Edge
from domain.rules.rule import Ref, Rule

Walk = Callable[["Draft", object, str, Edge, tuple[str, ...]], Edge]
"""Compiles a list of steps: the draft, the steps, their path, where the plan goes on, and what encloses them."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The step that is being compiled: its id and path, what encloses it, and where the plan goes on after it."""

    draft: Draft
    walk: Walk
    id: str
    path: str
    scopes: tuple[str, ...]
    after: Edge

    def at(self, *keys: str | int) -> str:
        return join(self.path, *keys)

    def steps(self, written: object, *keys: str | int, after: Edge = None, inside: str | None = None) -> Edge:
        """The edge into steps within this one, which go on at `after` (default: after this step), in the scope `inside`."""
        scopes = (*self.scopes, inside) if inside else self.scopes
        return self.walk(self.draft, written, self.at(*keys), after or self.after, scopes)

    def refuse(self, message: str, remedy: str, *keys: str | int, code: str = "invalid") -> None:
        self.draft.report.refuse(self.at(*keys), message, remedy, code)

    def rule(self, written: object, *keys: str | int) -> Rule:
        return self.draft.rule(written, self.at(*keys), self.id)

    def where(self, written: object, *keys: str | int) -> Rule | None:
        """A rule about the properties of an arriving event, if there is one."""
        return None if written is None else self.draft.rule(written, self.at(*keys), self.id, "arriving")

    def ref(self, written: str, *keys: str | int) -> Ref:
        self.draft.refers(written, self.at(*keys), self.id)
        return Ref(ref=written)

    def values(self, written: Mapping[str, JsonValue], *keys: str | int) -> dict[str, Ref | JsonValue]:
        """Literals as they are, and `{ref: …}` as references; a reference within a literal is refused."""
        return {name: self._value(value, self.at(*keys, name)) for name, value in written.items()}

    def _value(self, value: JsonValue, path: str) -> Ref | JsonValue:
        if isinstance(value, dict) and "ref" in value:
            try:
                ref = reference(str(value["ref"]))
            except ValueError as refused:
                self.draft.report.refuse(path, str(refused))
                return value
            if len(value) > 1:
                self.draft.report.refuse(path, "a reference stands alone", "Write {ref: …} and nothing beside it.")
            self.draft.refers(ref, path, self.id)
            return Ref(ref=ref)
        if any(isinstance(inner, dict) and "ref" in inner for inner in _within(value)):
            self.draft.report.refuse(
                path, "a reference is the whole value, not a part of it", "Give it a name of its own."
            )
        return value


def _within(value: JsonValue) -> Iterator[JsonValue]:
    """Everything inside a value, at any depth."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inner:
        yield part
        yield from _within(part)
