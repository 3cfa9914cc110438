"""What YAML is read into: values that know where they stand."""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

MAX_DEPTH = 100


class Mark(NamedTuple):
    """A place in the text: line and column from 1, and how many characters stand before it."""

    line: int
    column: int
    offset: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(slots=True)
class Node:
    """A value and where it begins. `entries` are a mapping's values by key, `items` a list's elements.

    `key` is where the key of a mapping's entry stands. `is_flow` mappings are written in braces.
    """

    mark: Mark
    value: JsonValue = None
    is_flow: bool = False
    entries: dict[str, "Node"] | None = None
    items: list["Node"] | None = None
    key: Mark | None = None

    def plain(self) -> JsonValue:
        """The value as JSON."""
        if self.entries is not None:
            return {key: node.plain() for key, node in self.entries.items()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.value
