"""Bodies as they come: an author's text (YAML, JSON or a template), and JSON that must be sound before it is parsed."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request

from api.events.body import read_body, too_large
from domain.errors import InvalidInput


async def text_of(request: Request, limit: int) -> str:
    """The body as text, at most `limit` bytes. Raises Refusal (413) and InvalidInput."""
    body = await read_body(request, limit)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"body: byte {error.start} is not UTF-8. Save the file as UTF-8.", code="not_utf8") from None
    if "\0" in text:
        raise InvalidInput("body: it contains a NUL character. Remove it.", code="nul_character")
    return text


MAX_JSON = 256 * 1024


async def sound_json(request: Request) -> None:
    """A dependency: refuses JSON that is too long, or that RFC 8259 knows and nobody can store (half a surrogate pair, NaN).

    FastAPI reads bodies with Python's own parser, which takes both.
    """
    body = await request.body()
    if len(body) > MAX_JSON:
        raise too_large(MAX_JSON)
    try:
        if body:
            orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"body: this is not JSON that can be stored: {error}.", code="invalid_json") from None


def text_request(description: str, examples: Mapping[str, object]) -> dict[str, Any]:
    """How OpenAPI describes such a body: an example for each media type."""
    content = {
        media_type: {"schema": {"type": "object" if isinstance(example, dict) else "string"}, "example": example}
        for media_type, example in examples.items()
    }
    return {"requestBody": {"description": description, "content": content}}
