"""The published JSON Schema (draft 2020-12) of a journey document: editors complete and check with it."""

from copy import deepcopy
from functools import cache

from pydantic.json_schema import models_json_schema

from domain.document.entry import EntryForm, ExitForm, GoalForm
from domain.document.form import Form, JsonSchema
from domain.document.journey import JourneyDocument
from domain.document.rule_schema import rule_definitions
from domain.document.steps import STEPS

SCHEMA_ID = "urn:sojourn:journey"


def journey_schema() -> JsonSchema:
    """The schema of a journey document. What only a compiler can see (references, reach) is not in it."""
    return deepcopy(_schema())


@cache
def _schema() -> JsonSchema:
    kinds = dict.fromkeys(STEPS.values())
    forms: list[type[Form]] = [JourneyDocument, EntryForm, GoalForm, ExitForm, *kinds]
    _, generated = models_json_schema([(form, "validation") for form in forms])
    definitions = {**generated["$defs"], **rule_definitions(), **_lists([form.__name__ for form in kinds])}
    parts = {name: linked(definition) for name, definition in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **parts.pop(JourneyDocument.__name__),
        "title": "Sojourn journey",
        "$defs": parts,
    }


def _lists(kinds: list[str]) -> dict[str, JsonSchema]:
    """What stands where the models leave a part to the compiler."""
    return {
        "Steps": {"type": "array", "items": {"$ref": "#/$defs/Step"}, "description": "Steps, one after the other."},
        "Step": {"anyOf": [_named(kind) for kind in kinds], "description": "One step; the key says what it does."},
        "Entries": _one_or_many(EntryForm.__name__),
        "Goals": _one_or_many(GoalForm.__name__),
        "Exits": _one_or_many(ExitForm.__name__),
    }


def _named(form: str) -> JsonSchema:
    return {"$ref": f"#/$defs/{form}"}


def _one_or_many(form: str) -> JsonSchema:
    return {"anyOf": [_named(form), {"type": "array", "items": _named(form), "minItems": 1}]}


def linked(schema: object) -> JsonSchema:
    """The schema with a reference wherever a model said by comment what stands there, and without pydantic's titles."""
    return _link(schema)  # type: ignore[return-value]


def _link(schema: object) -> object:
    if isinstance(schema, list):
        return [_link(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _link(value) for key, value in schema.items() if not _is_noise(key, value)}
    name = found.pop("$comment", None)
    found = {"$ref": f"#/$defs/{name}", **found} if name else found
    return _without_null(found)


def _is_noise(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and not value)


def _without_null(schema: JsonSchema) -> JsonSchema:
    """Optional keys are left out, not null: what may be null besides is only that."""
    options = schema.get("anyOf", [])
    real = [option for option in options if option != {"type": "null"}]
    if len(real) == len(options):
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**real[0], **rest} if len(real) == 1 else {**rest, "anyOf": real}
