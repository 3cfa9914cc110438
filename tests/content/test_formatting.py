"""`sojourn journeys fmt`: writing ids twice is writing them once, whatever the journey and however it is written."""

import json
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from content.yaml import read_documents, write_ids
from domain.compiler import compile_journey, missing_ids
from tests.domain.compiler.plans import Step, journey, plans
from tests.domain.compiler.writing import KNOWN


def as_yaml(document: dict[str, Any], *, flow: bool | None) -> str:
    yaml = YAML()
    yaml.default_flow_style = flow
    yaml.width = 100
    written = StringIO()
    yaml.dump(quoted(document), written)
    return written.getvalue()


def quoted(value: Any) -> Any:
    """With every text in quotes: what YAML 1.1 reads differently is refused without them."""
    match value:
        case dict():
            return {key: quoted(inner) for key, inner in value.items()}
        case list():
            return [quoted(inner) for inner in value]
        case str():
            return DoubleQuotedScalarString(value)
    return value


WAYS = {
    "block": lambda document: as_yaml(document, flow=False),
    "mixed": lambda document: as_yaml(document, flow=None),
    "json": lambda document: json.dumps(document),
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=20, deadline=None)
@given(steps=plans)
def test_formatting_twice_is_formatting_once(way: str, steps: list[Step]) -> None:
    text = WAYS[way](journey(steps))
    [document] = read_documents(text)
    once = write_ids(text, [compile_journey(document, KNOWN)])
    [complete] = read_documents(once)
    assert missing_ids(complete) == ()
    again = compile_journey(complete, KNOWN)
    assert again.document == complete
    assert write_ids(once, [again]) == once
