"""Journey documents as text: YAML 1.2 or JSON in, ids written back without touching anything else."""

import json
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from content.yaml_tree import Mark, Node, read_nodes
from domain.compiler import Compiled
from domain.document.steps import every_step
from domain.errors import InvalidDocument, Problem

MAX_TEXT = 262_144
"""Characters; a journey of five hundred steps has about fifty thousand."""


def read_documents(text: str) -> list[dict[str, JsonValue]]:
    """The documents in a text of YAML (several parted by `---`) or JSON. Raises InvalidDocument with line and column."""
    _check_size(text)
    written = _json(text)
    if written is not None:
        return [written]
    nodes = _documents(text)
    if not nodes:
        raise _refused("", "There is no document in this text.", "Begin with `journey: …`.")
    return [_mapping(node) for node in nodes]


def places(text: str) -> list[dict[str, Mark]]:
    """For each document, where the things stand that a `Problem.path` names (`steps[0].send`); empty for broken text."""
    try:
        return [marks_of(node) for node in _documents(text)]
    except InvalidDocument:
        return []


def marks_of(node: Node) -> dict[str, Mark]:
    """Where the things stand that a `Problem.path` names, below a node that has no path itself."""
    return dict(_places("", node))


def place_of(path: str, marks: dict[str, Mark]) -> Mark | None:
    """Where a path stands, or the nearest thing around it."""
    while path and path not in marks:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return marks.get(path)


def write_ids(text: str, compiled: Sequence[Compiled]) -> str:
    """The same text with the ids that compiling gave to its steps. Comments and layout stay; JSON is written anew."""
    if _json(text) is not None:
        return json.dumps(compiled[0].document, indent=2, ensure_ascii=False) + "\n"
    newline = "\r\n" if "\r\n" in text else "\n"
    insertions = [
        insertion
        for node, result in zip(_documents(text), compiled, strict=True)
        for insertion in _insertions(node, result, newline)
    ]
    for index, words in sorted(insertions, reverse=True):
        text = text[:index] + words + text[index:]
    return text


def _insertions(root: Node, compiled: Compiled, newline: str) -> Iterator[tuple[int, str]]:
    """Where in the text an id is missing, and the words that give it."""
    for path, step in every_step(compiled.document["steps"]):
        node = _at(root, path)
        if node.entries is None or "id" in node.entries:
            continue
        if node.is_flow:
            yield node.mark.offset + 1, f"id: {step['id']}, "
        else:
            yield node.mark.offset, f"id: {step['id']}{newline}{' ' * (node.mark.column - 1)}"


def _at(node: Node, path: Sequence[str | int]) -> Node:
    for key in path:
        if node.entries is not None and isinstance(key, str):
            node = node.entries[key]
        elif node.items is not None and isinstance(key, int):
            node = node.items[key]
    return node


def _places(path: str, node: Node) -> Iterator[tuple[str, Mark]]:
    yield path, node.key or node.mark
    for key, inner in (node.entries or {}).items():
        yield from _places(f"{path}.{key}" if path else key, inner)
    for index, inner in enumerate(node.items or []):
        yield from _places(f"{path}[{index}]", inner)


def _documents(text: str) -> list[Node]:
    """Every document that is not empty."""
    return [node for node in read_nodes(text) if node.value is not None or node.entries is not None or node.items]


def _mapping(node: Node) -> dict[str, JsonValue]:
    value = node.plain()
    if not isinstance(value, dict):
        raise _refused(str(node.mark), "This document is no mapping.", "Begin with `journey: …`.")
    return value


def _json(text: str) -> dict[str, JsonValue] | None:
    """The document if the text is a JSON object; None if it is something else, YAML perhaps."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """A JSON object whose keys differ; others are left to the YAML reader, which says where the second one stands."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_number(word: str) -> JsonValue:
    raise ValueError(f"{word} is no JSON number")


def _check_size(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise _refused("", f"The text is longer than {MAX_TEXT} characters.", "Divide it into several files.")


def _refused(path: str, message: str, remedy: str) -> InvalidDocument:
    return InvalidDocument([Problem(path=path, message=message, remedy=remedy, code="yaml")])
