"""The published JSON Schema: complete enough for an editor, and true to the models."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from content.yaml import read_documents
from domain.document.form import Form
from domain.document.listening import Reaction
from domain.document.reference import FORMS
from domain.document.rule_schema import rule_definitions
from domain.document.schema import journey_schema
from domain.document.steps import STEPS
from domain.events import REACTIONS
from domain.rules.reading.questions import QUESTIONS
from domain.rules.rule import Operator
from tests.domain.compiler.writing import JOURNEYS

SCHEMA = Draft202012Validator(journey_schema())


def parts(schema: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property in a schema, with its name."""
    if isinstance(schema, list):
        for inner in schema:
            yield from parts(inner, name)
    elif isinstance(schema, dict):
        for key, inner in schema.get("properties", {}).items():
            yield f"{name}.{key}", inner
        for key, inner in schema.items():
            yield from parts(inner, name if key in ("anyOf", "properties") else key)


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(journey_schema())


def test_every_key_has_a_description() -> None:
    rules = set(rule_definitions())
    own = {key: part for key, part in journey_schema().items() if key != "$defs"}
    documented = [own, *(part for name, part in journey_schema()["$defs"].items() if name not in rules)]
    assert [name for part in documented for name, inner in parts(part) if not inner.get("description")] == []


def test_every_reference_leads_somewhere() -> None:
    definitions = journey_schema()["$defs"]
    words = json.dumps(journey_schema()).split('"$ref": "#/$defs/')[1:]
    assert {word.partition('"')[0] for word in words} <= set(definitions)


@pytest.mark.parametrize("path", sorted(JOURNEYS.glob("*.yaml")), ids=lambda path: path.stem)
def test_it_accepts_the_examples(path: Any) -> None:
    for document in read_documents(path.read_text()):
        assert [error.message for error in SCHEMA.iter_errors(document)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"},
        {"journey": "Not Kebab"},
        {"entry": {"event": "A", "manual": True}},
        {"entry": {"event": "A", "per": "cart_id"}},
        {"steps": [{"wiat": "3d"}]},
        {"steps": [{"id": "x"}]},
        {"steps": [{"wait": {"until": "09:00", "hours": 3}}]},
        {"steps": [{"branch": [{"if": {"age": {"gtee": 3}}, "steps": []}]}]},
        {"steps": [{"stage": {"until": {"event": "A"}, "steps": [{"sned": "email/a"}]}}]},
    ],
)
def test_it_refuses_what_no_model_has(change: dict[str, Any]) -> None:
    document = {"journey": "x", "entry": {"event": "A"}, "steps": [{"wait": "3d"}], **change}
    assert list(SCHEMA.iter_errors(document)) != []


def test_rules_have_every_operator_and_question() -> None:
    rules = rule_definitions()
    operators = next(part for part in rules["Comparison"]["anyOf"] if "gte" in part.get("properties", {}))
    assert set(operators["properties"]) == set(Operator)
    assert set(rules["Rule"]["properties"]) == {*QUESTIONS, "any", "all", "not"} - {"in_segment"}


def test_reactions_are_those_that_events_report() -> None:
    assert set(get_args(Reaction)) == set(REACTIONS)


def test_every_form_is_in_the_reference() -> None:
    def kinds(form: type[Form]) -> Iterator[type[Form]]:
        for kind in form.__subclasses__():
            yield from kinds(kind)
            if kind.__module__.startswith("domain.document") and not kind.__subclasses__():
                yield kind

    assert set(kinds(Form)) <= set(FORMS)
    assert set(STEPS.values()) <= set(FORMS)
