"""What holds for every plan, and that no document brings the compiler down."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from content.yaml import read_documents, write_ids
from domain.compiler import compile_journey, missing_ids
from domain.compiler.graph import ways
from domain.document.schema import journey_schema
from domain.errors import InvalidDocument
from domain.program import Program
from tests.domain.compiler.plans import Step, journey, plans
from tests.domain.compiler.writing import KNOWN

SCHEMA = Draft202012Validator(journey_schema())
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=30, deadline=None)
@given(plans)
def test_every_edge_leads_to_a_step_and_every_step_can_be_reached(steps: list[Step]) -> None:
    program = compile_journey(journey(steps), KNOWN).program
    edges = {edge for step in program.steps.values() for edge in ways(step, program.steps)} | {program.start}
    assert edges == set(program.steps) | {program.start}
    assert all(step.id == name for name, step in program.steps.items())


@settings(max_examples=30, deadline=None)
@given(plans)
def test_compiling_is_pure_and_what_it_writes_compiles_to_the_same(steps: list[Step]) -> None:
    document = journey(steps)
    before = deepcopy(document)
    result = compile_journey(document, KNOWN)
    assert document == before
    assert compile_journey(document, KNOWN) == result
    assert compile_journey(result.document, KNOWN).program == result.program
    assert missing_ids(result.document) == ()
    assert Program.model_validate_json(result.program.model_dump_json()) == result.program


@settings(max_examples=30, deadline=None)
@given(plans)
def test_the_json_schema_accepts_what_the_compiler_accepts(steps: list[Step]) -> None:
    result = compile_journey(journey(steps), KNOWN)
    assert [error.message for error in SCHEMA.iter_errors(result.document)] == []


@settings(max_examples=30, deadline=None)
@given(plans)
def test_ids_are_written_back_into_the_text(steps: list[Step]) -> None:
    text = "# kept\n" + json.dumps(journey(steps), indent=1)
    result = compile_journey(read_documents(text)[0], KNOWN)
    written = write_ids(text, [result])
    assert written.startswith("# kept\n")
    assert read_documents(written) == [result.document]


@settings(max_examples=100, deadline=None)
@given(plans, st.data())
def test_a_document_with_anything_anywhere_is_compiled_or_refused(steps: list[Step], data: st.DataObject) -> None:
    document = journey(deepcopy(steps))
    places = [*_places(document)]
    holder, key = places[data.draw(st.integers(0, len(places) - 1))]
    holder[key] = data.draw(ANYTHING)
    with suppress(InvalidDocument):
        compile_journey(document, KNOWN)


def _places(value: Any) -> Any:
    """Every place in a document whose value can be exchanged."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from _places(inner)
