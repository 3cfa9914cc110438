"""Reads everyday YAML by libyaml, in a tenth of the time that `thorough.py` needs. What readers of YAML may take in different
ways, and whatever is wrong, is left to that one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml  # type: ignore[import-untyped]
from pydantic import JsonValue
from yaml.events import (  # type: ignore[import-untyped]
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from content.yaml_tree.nodes import MAX_DEPTH, Mark, Node
from content.yaml_words import ambiguity, ambiguous_key, value_of

_LOADER = getattr(yaml, "CSafeLoader", None)
"""None where PyYAML was built without libyaml."""

_EVERYDAY = re.compile("[\n -~\u00a1-\u2027\u2030-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
"""No tabs, no ends of lines but `\\n`, nothing invisible."""

_RARE = re.compile(r"^(?:%|\.\.\.)|(?:^|\s)[|>][-+0-9]*[ ]*(?:#.*)?$|[\"'\]}]#|(?:^|[{\[,])\s*\?", re.MULTILINE)
"""Directives, ends of documents, texts in blocks, comments without a space before them, keys after a question mark."""


class _Rare(Exception):
    """Something that the other reader has to judge."""


def quick_nodes(text: str, *, deepest: int = MAX_DEPTH) -> list[Node] | None:
    """The root of each document in the text, as `thorough_nodes` gives them; None when that one has to be asked, as for what
    lies in more than `deepest` others."""
    if _LOADER is None or not _EVERYDAY.fullmatch(text) or _RARE.search(text):
        return None
    loader = _LOADER(text)
    try:
        return list(_Reading(loader.get_event, deepest).documents())
    except (_Rare, yaml.YAMLError, ValueError):
        return None
    finally:
        loader.dispose()


@dataclass(slots=True)
class _Reading:
    following: Callable[[], Any]
    deepest: int

    def documents(self) -> Iterator[Node]:
        while not isinstance(event := self.following(), StreamEndEvent):
            if isinstance(event, DocumentStartEvent):
                yield self.node(self.following(), 0)

    def node(self, event: Any, depth: int, key: Mark | None = None) -> Node:
        kind = type(event)
        if depth > self.deepest or kind is AliasEvent or event.anchor is not None or event.tag is not None:
            raise _Rare
        node = Node(_mark(event.start_mark), key=key)
        if kind is ScalarEvent:
            node.value = event.value if event.style else _meaning(event.value)
        elif kind is MappingStartEvent:
            node.is_flow = bool(event.flow_style)
            node.entries = self.entries(depth + 1)
        else:
            node.items = []
            while type(event := self.following()) is not SequenceEndEvent:
                node.items.append(self.node(event, depth + 1))
        return node

    def entries(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while type(event := self.following()) is not MappingEndEvent:
            if type(event) is not ScalarEvent or event.anchor is not None or event.tag is not None:
                raise _Rare
            name = event.value
            if name in entries or not (event.style or _is_clear(name)):
                raise _Rare
            entries[name] = self.node(self.following(), depth, _mark(event.start_mark))
        return entries


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1, mark.index)


@lru_cache(maxsize=4_096)
def _meaning(word: str) -> JsonValue:
    """What a word without quotes means. Raises _Rare, or ValueError, when that is not certain; readers differ in where they
    see a word that is not there."""
    if not word or ambiguity(word):
        raise _Rare
    return value_of(word)


@lru_cache(maxsize=4_096)
def _is_clear(word: str) -> bool:
    return ambiguous_key(word) is None
