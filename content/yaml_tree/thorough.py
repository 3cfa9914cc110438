"""Reads YAML of any kind by ruamel.yaml, and says what is wrong with it, each with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from content.yaml_tree.nodes import MAX_DEPTH, Mark, Node
from content.yaml_words import ambiguity, ambiguous_key, value_of
from domain.errors import InvalidDocument, Problem


def thorough_nodes(text: str) -> list[Node]:
    """The root of each document in the text. Raises InvalidDocument with everything that is wrong."""
    reading = _Reading(YAML(typ="safe", pure=True).parse(text))
    try:
        nodes = reading.documents()
    except MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        reason = " ".join(filter(None, (broken.context, broken.problem)))
        reading.refuse(_mark(mark) if mark else Mark(1, 1, 0), f"This is not YAML: {reason}.", "Mind the indentation.")
    except (YAMLError, ValueError) as broken:
        reading.refuse(Mark(1, 1, 0), f"This is not YAML: {str(broken).splitlines()[0]}.", "Take the character out.")
    if reading.problems:
        raise InvalidDocument(reading.problems)
    return nodes


@dataclass(slots=True)
class _Reading:
    events: Iterator[Any]
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, mark: Mark, message: str, remedy: str) -> None:
        self.problems.append(Problem(path=str(mark), message=message, remedy=remedy, code="yaml"))

    def documents(self) -> list[Node]:
        return [self.node(next(self.events), 0) for event in self.events if isinstance(event, DocumentStartEvent)]

    def node(self, event: Any, depth: int) -> Node:
        mark = _mark(event.start_mark)
        if depth > MAX_DEPTH:
            remedy = "Divide it into several journeys."
            raise InvalidDocument(
                [Problem(path=str(mark), message="This is nested too deeply.", remedy=remedy, code="yaml")]
            )
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self.refuse(mark, "Anchors and aliases are not part of the language.", "Write the value out.")
        elif event.tag is not None:
            self.refuse(mark, "Tags are not part of the language.", "Take the tag out; quotes make text of a value.")
        match event:
            case MappingStartEvent():
                return Node(mark, is_flow=bool(event.flow_style), entries=self.entries(depth))
            case SequenceStartEvent():
                return Node(mark, items=self.items(depth))
            case ScalarEvent():
                return Node(mark, value=self.scalar(event, mark))
        return Node(mark)

    def items(self, depth: int) -> list[Node]:
        items = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return items

    def entries(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            name, mark = self.key(event)
            if name in entries:
                self.refuse(mark, f"`{name}` stands here twice.", "Keep one of the two.")
            node = self.node(next(self.events), depth + 1)
            node.key = mark
            entries[name] = node
        return entries

    def key(self, event: Any) -> tuple[str, Mark]:
        mark = _mark(event.start_mark)
        if not isinstance(event, ScalarEvent):
            message = "A key is text, and this is something else."
            raise InvalidDocument([Problem(path=str(mark), message=message, remedy="Put it in quotes.", code="yaml")])
        if _is_plain(event) and (why := ambiguous_key(event.value)):
            self.refuse(mark, f"`{event.value}` has no quotes, and {why}.", f'Write "{event.value}".')
        return str(event.value), mark

    def scalar(self, event: Any, mark: Mark) -> JsonValue:
        word = str(event.value)
        if not _is_plain(event):
            return word
        if why := ambiguity(word):
            self.refuse(mark, f"`{word}` has no quotes, and {why}.", f'Write "{word}".')
            return word
        try:
            return value_of(word)
        except ValueError as refused:
            self.refuse(mark, f"{refused}.", "Put it in quotes.")
            return word


def _is_plain(event: Any) -> bool:
    return not event.style and event.tag is None


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1, mark.index)
