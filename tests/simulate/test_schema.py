"""The published JSON Schema of model files: complete enough for an editor, and true to the models."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from typer.testing import CliRunner

from cli.main import create_cli
from content.yaml import read_documents
from lab.simulate.model import Consent, Customers, Happening, Model, Reaction, Reactions, Sent
from lab.simulate.schema import model_schema
from lab.simulate.values import Drawn, Exponential, Normal

SCHEMA = Draft202012Validator(model_schema())
EXAMPLE = Path(__file__).parents[2] / "journeys" / "welcome.model.yaml"


def test_it_is_a_schema_and_every_reference_leads_somewhere() -> None:
    Draft202012Validator.check_schema(model_schema())
    words = json.dumps(model_schema()).split('"$ref": "#/$defs/')[1:]
    assert {word.partition('"')[0] for word in words} <= set(model_schema()["$defs"])


def test_every_key_of_a_model_is_in_it_with_a_description() -> None:
    definitions = model_schema()["$defs"]
    for form in (Model, Customers, Happening, Reactions, Reaction, Consent, Sent, Drawn, Normal, Exponential):
        schema = model_schema() if form is Model else definitions[form.__name__]
        long = schema["anyOf"][1] if form.short else schema
        assert set(long["properties"]) == set(form.keys())
        assert [key for key, part in long["properties"].items() if not part.get("description")] == []


def test_it_accepts_the_example() -> None:
    [document] = read_documents(EXAMPLE.read_text(encoding="utf-8"))
    assert [error.message for error in SCHEMA.iter_errors(document)] == []


@pytest.mark.parametrize(
    "event",
    [
        {"event": "A", "at": 0},
        {"event": "A", "rate": "3/7d", "from": "1d", "until": {"uniform": ["2d", "3d"]}},
        {"event": "A", "after": ["B", "C"], "same": "order_id", "if": {"plan": "pro"}, "times": 2},
        {
            "identify": {"plan": {"choice": {"free": "60%", "pro": "40%"}}, "tags": ["a"], "home": {"city": "x"}},
            "at": "1d",
        },
        {"consent": {"sms": False}, "after": {"sent": "email/welcome"}, "chance": 0.5},
    ],
)
def test_what_can_be_written_is_accepted_by_both(event: dict[str, Any]) -> None:
    Model.model_validate({"events": [event]})
    assert [error.message for error in SCHEMA.iter_errors({"events": [event]})] == []


@pytest.mark.parametrize(
    "model",
    [
        {},
        {"events": []},
        {"evnts": [{"event": "A", "at": 0}]},
        {"events": [{"event": "A"}]},
        {"events": [{"event": "A", "at": 0, "rate": "3/7d"}]},
        {"events": [{"event": "A", "enter": "x", "at": 0}]},
        {"events": [{"event": "A", "at": "soon"}]},
        {"events": [{"event": "A", "at": 0, "chance": "150"}]},
        {"events": [{"event": "A", "at": 0, "properties": {"x": {"choice": []}}}]},
        {"events": [{"event": "A", "at": 0, "properties": {"x": {"choice": ["a"], "misssing": "10%"}}}]},
        {"events": [{"event": "A", "at": 0}], "reactions": [{"open": {"chnce": "3%"}}]},
    ],
)
def test_what_no_model_has_is_refused_by_both(model: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Model.model_validate(model)
    assert list(SCHEMA.iter_errors(model)) != []


def test_the_command_prints_it_for_editors() -> None:
    done = CliRunner().invoke(create_cli(), ["simulate", "--schema"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, model_schema())
