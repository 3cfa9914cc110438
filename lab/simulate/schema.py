"""The published JSON Schema (draft 2020-12) of a model file: editors complete and check with it."""

from copy import deepcopy
from functools import cache

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from domain.document.form import Form, JsonSchema
from domain.document.rule_schema import rule_definitions
from domain.document.schema import linked
from domain.durations import Duration
from lab.simulate.model import Happening, Model, Sent
from lab.simulate.values import Drawn

SCHEMA_ID = "urn:sojourn:model"


def model_schema() -> JsonSchema:
    """The schema of a model file. Which messages and topics the journey has is not in it."""
    return deepcopy(_schema())


@cache
def _schema() -> JsonSchema:
    forms: list[type[Form]] = [Model, Sent, Drawn]
    _, generated = models_json_schema([(form, "validation") for form in forms])
    parts = {name: linked(part) for name, part in {**generated["$defs"], **rule_definitions(), **_written()}.items()}
    parts[Happening.__name__]["allOf"] = [_one_of(Happening.verbs), _one_of(Happening.times_are)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **parts.pop(Model.__name__),
        "title": "Sojourn model",
        "$defs": parts,
    }


def _written() -> JsonSchema:
    """What people write where a model takes several forms."""
    drawn: JsonSchema = {"$ref": f"#/$defs/{Drawn.__name__}"}
    share: JsonSchema = {"$ref": "#/$defs/Share"}
    words: JsonSchema = {"type": "string", "minLength": 1}
    names = [words, {"type": "array", "items": words}]
    plain: JsonSchema = {"not": {"type": "object", "anyOf": [{"required": [key]} for key in Drawn.one_of]}}
    return {
        "Share": {
            "anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": r"^\d+(\.\d+)?%$"}],
            "examples": ["30%"],
            "description": "A share, from 0% to 100%.",
        },
        "Amount": {"anyOf": [{"type": "number"}, _span()], "description": "A number, or a span of time."},
        "Span": {
            "anyOf": [{"const": 0}, _span(), drawn],
            "description": "A span of zero or more, or how one is drawn.",
        },
        "Choice": {
            "anyOf": [
                {"type": "array", "minItems": 1},
                {"type": "object", "minProperties": 1, "additionalProperties": share},
            ],
            "description": "One of several values: a list, or values with their shares.",
        },
        "Value": {"anyOf": [plain, drawn], "description": "A value, or how it is drawn."},
        "Names": {"anyOf": names, "description": "A name, or a list of names."},
        "Causes": {"anyOf": [*names, {"$ref": f"#/$defs/{Sent.__name__}"}], "description": "Events, or a message."},
    }


def _span() -> JsonSchema:
    return TypeAdapter(Duration).json_schema()


def _one_of(keys: tuple[str, ...]) -> JsonSchema:
    return {"oneOf": [{"required": [key]} for key in keys]}
