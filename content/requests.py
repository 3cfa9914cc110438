"""Which journeys a folder has, and what each must be given by whoever starts it: read without compiling, since journeys may name
each other."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import JsonValue

from content.folder import journey_files, read_text
from content.yaml import read_documents
from domain.compiler import can_be_requested
from domain.errors import InvalidInput, NotFound


class Named(NamedTuple):
    """`inputs`: those that can be entered by request, with what they declare."""

    journeys: frozenset[str]
    inputs: dict[str, dict[str, str]]


def named_in(folders: Iterable[Path]) -> Named:
    """The journeys of these folders. A file that cannot be read is passed over: it is told of where it is looked at."""
    documents = [document for file in _files(folders) for document in _read(file)]
    named = {name: one for one in documents if isinstance(name := one.get("journey"), str)}
    inputs = {name: _inputs(one) for name, one in named.items() if can_be_requested(one.get("entry"))}
    return Named(frozenset(named), inputs)


def _files(folders: Iterable[Path]) -> list[Path]:
    try:
        return journey_files(folders)
    except NotFound:
        return []


def _read(file: Path) -> list[dict[str, JsonValue]]:
    try:
        return read_documents(read_text(file))
    except InvalidInput:
        return []


def _inputs(document: Mapping[str, JsonValue]) -> dict[str, str]:
    declared = document.get("inputs")
    return {name: str(kind) for name, kind in declared.items()} if isinstance(declared, dict) else {}
