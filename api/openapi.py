"""The OpenAPI document: FastAPI's, with our problem documents and keys in it."""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.security.base import SecurityBase

from api.auth import BASIC, BEARER
from api.problems import ProblemDocument, documented

DESCRIPTION = """Open, self-hosted marketing automation: every customer journey is a durable Temporal workflow.

Events come in as in Segment's HTTP Tracking API. Everything else needs a key with scope `admin`. Errors are problem
documents (RFC 9457) with a stable `code`."""

TAGS = [
    {"name": "events", "description": "Events in: Segment's HTTP Tracking API"},
    {"name": "journeys", "description": "Write, check, publish and enter journeys"},
    {"name": "templates", "description": "What is sent: versions by channel, name and locale"},
    {"name": "runs", "description": "One customer's passage through a journey: see it, explain it, act on it"},
    {"name": "approvals", "description": "What journeys ask people to approve of, and the answers"},
    {"name": "bulk", "description": "Many runs at once: operations, parked runs, pauses of journeys and channels"},
    {"name": "customers", "description": "People, what happened to them, and why they got what they got"},
    {"name": "messages", "description": "The send ledger"},
    {"name": "account", "description": "Defaults of the account, and topics one can subscribe to"},
    {"name": "tracking", "description": "Links in messages: opens, clicks, unsubscribing"},
    {"name": "callbacks", "description": "Where providers report"},
    {"name": "operations", "description": "Health and metrics"},
]


def describe(app: FastAPI) -> None:
    """Gives the app its own `openapi()`, made once on first use."""
    app.openapi = _openapi_of(app)  # type: ignore[method-assign]


def _openapi_of(app: FastAPI) -> Callable[[], dict[str, Any]]:
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _ours(
                get_openapi(
                    title=app.title, version=app.version, description=app.description, routes=app.routes, tags=TAGS
                )
            )
        return app.openapi_schema

    return openapi


def _ours(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemes = components.setdefault("securitySchemes", {})
    for scheme in (BEARER, BASIC):
        schemes[scheme.scheme_name] = _plain(scheme)
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}), ProblemDocument=problem)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            _complete(path, operation)
    return document


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Adds the errors that every endpoint of its sort may answer, and a summary from the docstring."""
    answers = operation["responses"]
    if answers.pop("422", None):
        answers.update(_problem(422))
    if operation.get("security") and "401" not in answers:
        answers.update(_problem(401, 403, 503))
    for status in _may_answer(path, operation):
        if str(status) not in answers:
            answers.update(_problem(status))
    named_after_function = operation["summary"].lower().replace(" ", "_") + "_"
    if operation["operationId"].startswith(named_after_function) and operation.get("description"):
        operation["summary"] = operation["description"].partition("\n")[0].partition(". ")[0].rstrip(".")


def _may_answer(path: str, operation: dict[str, Any]) -> Iterator[int]:
    """What follows from the shape of an endpoint: things that are named may be missing, bodies broken, states against it."""
    if "{" in path:
        yield 404
        if operation.get("security"):
            yield 409
    if "requestBody" in operation:
        yield from (400, 413, 415)


def _problem(*statuses: int) -> dict[str, Any]:
    return {str(status): answer for status, answer in documented(*statuses).items()}


def _plain(scheme: SecurityBase) -> dict[str, Any]:
    described: dict[str, Any] = scheme.model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return described
