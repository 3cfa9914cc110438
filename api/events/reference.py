"""How the event endpoints stand in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from api.auth import BASIC, BEARER
from api.events.body import BATCH_BYTES, EVENT_BYTES
from api.events.calls import CALLS, Call, Track
from api.problems import documented

CALL_DESCRIPTION = f"""Answers once the event is committed. The same `messageId` again is the same event, and is answered
alike. At most {EVENT_BYTES // 1024} KB, which may be sent as gzip. The content type does not matter."""

BATCH_DESCRIPTION = f"""Calls of any kind, each with its `type`. Good ones are committed, bad ones are named by index; 400 only
if all are bad. At most {BATCH_BYTES // 1024} KB, and {EVENT_BYTES // 1024} KB each, after decompression."""

_SECURITY: list[dict[str, list[str]]] = [{BEARER.scheme_name: []}, {BASIC.scheme_name: []}, {}]
_WRITE_KEY = {"type": "string", "description": "The key, for senders that cannot set a header"}


def _answers(example: Mapping[str, object]) -> dict[int | str, dict[str, Any]]:
    taken: dict[str, Any] = {"description": "Committed", "content": {"application/json": {"example": example}}}
    return {200: taken, **documented(400, 401, 413, 415, 503)}


CALL_ANSWERS = _answers({"success": True, "messageId": "019ab1f4-7c0e-7d35-b5a2-6f0d0c3f9e21"})
BATCH_ANSWERS = _answers(
    {
        "success": True,
        "accepted": 1,
        "messageIds": ["019ab1f4-7c0e-7d35-b5a2-6f0d0c3f9e21"],
        "errors": [{"index": 1, "field": "userId", "message": "Either userId or anonymousId is required."}],
    }
)


def call_body(model: type[Call]) -> dict[str, Any]:
    """The request body of a call, with an example, and how to authenticate."""
    schema = model.model_json_schema()
    schema["properties"]["writeKey"] = _WRITE_KEY
    return _body(schema, _example(model))


def batch_body() -> dict[str, Any]:
    """The request body of a batch."""
    shared = Call.model_json_schema()["properties"]
    schema = {
        "type": "object",
        "title": "Batch",
        "required": ["batch"],
        "properties": {
            "batch": {"type": "array", "items": {"anyOf": [_typed(kind, model) for kind, model in CALLS.items()]}},
            **{field: shared[field] for field in ("sentAt", "context", "integrations")},
            "writeKey": _WRITE_KEY,
        },
    }
    return _body(schema, {"batch": [{"type": "track", **_example(Track)}, {"type": "page", "name": "Pricing"}]})


def _typed(kind: str, model: type[Call]) -> dict[str, Any]:
    schema = model.model_json_schema()
    schema["properties"]["type"] = {"const": kind}
    schema["required"] = ["type", *schema.get("required", ())]
    return schema


def _example(model: type[Call]) -> dict[str, Any]:
    fields = model.model_fields.values()
    return {field.alias or "": field.examples[0] for field in fields if field.examples}


def _body(schema: Mapping[str, object], example: Mapping[str, object]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}, "security": _SECURITY}
