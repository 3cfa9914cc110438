"""The JSON Schema of rules and values, which are read by `domain.rules` and not by models of their own."""

from domain.document.form import JsonSchema
from domain.document.words import CHANNELS

_SCALAR: JsonSchema = {"type": ["string", "number", "boolean"]}
_REF: JsonSchema = {
    "type": "object",
    "description": "The value that stands elsewhere.",
    "properties": {"ref": {"type": "string", "examples": ["event.cart_id", "customer.plan", "run.order.total"]}},
    "required": ["ref"],
    "additionalProperties": False,
}
_SPAN: JsonSchema = {"type": "string", "examples": ["30m", "3d"]}
_RULE: JsonSchema = {"$ref": "#/$defs/Rule"}
_NAMES: JsonSchema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_OPERAND = {"anyOf": [_SCALAR, _REF]}
_LIST = {"anyOf": [{"type": "array", "items": _SCALAR, "minItems": 1}, _REF]}
_OPERATORS: dict[str, tuple[JsonSchema, str]] = {
    "eq": (_OPERAND, "Equals."),
    "not": (_OPERAND, "Does not equal, or is missing."),
    "in": (_LIST, "Is one of these."),
    "not_in": (_LIST, "Is none of these, or is missing."),
    "gt": (_OPERAND, "Is more than."),
    "gte": (_OPERAND, "Is at least."),
    "lt": (_OPERAND, "Is less than."),
    "lte": (_OPERAND, "Is at most."),
    "contains": (_OPERAND, "Has this text, or this element."),
    "starts_with": (_OPERAND, "Begins with this text."),
    "ends_with": (_OPERAND, "Ends with this text."),
    "exists": ({"type": "boolean"}, "Is there, or is missing."),
    "in_next": (_SPAN, "Is an instant within this span from now."),
    "in_last": (_SPAN, "Is an instant within this span before now."),
    "before": (_OPERAND, "Is an instant before this one."),
    "after": (_OPERAND, "Is an instant after this one."),
}


def rule_definitions() -> dict[str, JsonSchema]:
    """`$defs` for rules: attributes on the left, and the words that ask something else."""
    return {
        "Rule": {
            "type": "object",
            "minProperties": 1,
            "description": "All entries are required. Left: attributes, event., run., item., or one of the questions.",
            "properties": {**_combinations(), **_questions()},
            "additionalProperties": {"$ref": "#/$defs/Comparison"},
        },
        "Where": {
            "type": "object",
            "minProperties": 1,
            "description": "All entries are required. Left: properties of the arriving event.",
            "properties": _combinations("Where"),
            "additionalProperties": {"$ref": "#/$defs/Comparison"},
        },
        "Comparison": {
            "description": "A value (equals), a list (one of), a reference, or operators.",
            "anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}, _REF, _tests()],
        },
        "Values": {
            "type": "object",
            "description": "Literals, or `{ref: event.cart_id}`.",
            "additionalProperties": {"anyOf": [_REF, {"not": {"type": "object", "required": ["ref"]}}]},
        },
    }


def _combinations(of: str = "Rule") -> dict[str, JsonSchema]:
    rule = {"$ref": f"#/$defs/{of}"}
    rules = {"type": "array", "items": rule, "minItems": 1}
    return {
        "any": {**rules, "description": "At least one of these holds."},
        "all": {**rules, "description": "All of these hold."},
        "not": {**rule, "description": "This does not hold."},
    }


def _questions() -> dict[str, JsonSchema]:
    event = {"event": _NAMES, "where": {"$ref": "#/$defs/Where"}, "in_last": _SPAN}
    counted = {**event, "at_least": {"type": "integer", "minimum": 1}, "at_most": {"type": "integer", "minimum": 1}}
    figure = {"of": {"type": "string"}, "where": {"$ref": "#/$defs/Where"}, "in_last": _SPAN, **_tests()["properties"]}
    stat = {"enum": ["median", "mean", "min", "max", "last"]}
    gap = {"of": {"type": "string"}, "stat": stat, "at_least": {"type": "integer"}, **_tests()["properties"]}
    how = {"enum": ["delivered", "opened", "clicked", "replied", "bounced", "unsubscribed"]}
    reacted = {"to": {"type": "string"}, "how": how, "link": {"type": "string"}, "in_last": _SPAN}
    channels = {"anyOf": [{"enum": list(CHANNELS)}, {"type": "array", "items": {"enum": list(CHANNELS)}}]}
    return {
        "did": _keyed(counted, "event", "The event happened, so often and so lately.", _NAMES),
        "did_not": _keyed(event, "event", "The event did not happen.", _NAMES),
        **{
            name: _keyed(figure, "of", f"The {name} over events, as in {{of: Order Completed.total, gte: 500}}.")
            for name in ("sum", "avg", "min", "max", "count")
        },
        "gap": _keyed(gap, "of", "The time between occurrences of an event."),
        "score": {"$ref": "#/$defs/Comparison", "description": "The customer's score."},
        "reacted": _keyed(reacted, "to", "What the customer did with a message of this run.", {"type": "string"}),
        "reachable": {
            **channels,
            "description": "Has an address, consent and no suppression for one of these channels.",
        },
        "subscribed": {**_NAMES, "description": "Gets this topic."},
    }


def _tests() -> JsonSchema:
    operators = {name: {**schema, "description": text} for name, (schema, text) in _OPERATORS.items()}
    return {"type": "object", "minProperties": 1, "properties": operators, "additionalProperties": False}


def _keyed(keys: JsonSchema, required: str, description: str, short: JsonSchema | None = None) -> JsonSchema:
    form = {"type": "object", "properties": keys, "required": [required], "additionalProperties": False}
    return {"description": description, "anyOf": [short, form]} if short else {"description": description, **form}
