"""The OpenAPI document is complete: whatever a reader or a generated client needs is in it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

PUBLIC = ("/healthz", "/readyz", "/metrics", "/v1/journeys/schema", "/o/", "/c/", "/u/", "/callbacks/", "/codec/")
"""Signed, protected by other means, or open to everybody."""
EVENTS = ("track", "identify", "page", "screen", "group", "alias", "batch")


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, f"{method.upper()} {path}", operation


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    if isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_operation_has_a_summary_and_a_known_tag(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for _, name, operation in operations(document):
        assert operation.get("summary"), name
        assert operation.get("tags"), name
        assert set(operation["tags"]) <= tags, name


def test_every_operation_but_the_public_ones_asks_for_a_key(document: dict[str, Any]) -> None:
    for path, name, operation in operations(document):
        if not path.startswith(PUBLIC):
            assert {"Key": []} in operation.get("security", []), name
    assert document["components"]["securitySchemes"]["Key"] == {
        "type": "http",
        "scheme": "bearer",
        "description": "A key as a Bearer token.",
    }


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference


def test_errors_are_described_as_problem_documents(document: dict[str, Any]) -> None:
    for _, name, operation in operations(document):
        if "422" in operation["responses"]:
            assert "application/problem+json" in operation["responses"]["422"]["content"], name


@pytest.mark.parametrize("kind", EVENTS)
def test_the_examples_of_the_event_calls_fit_their_schemas(kind: str, document: dict[str, Any]) -> None:
    body = document["paths"][f"/v1/{kind}"]["post"]["requestBody"]["content"]["application/json"]
    Draft202012Validator.check_schema(body["schema"])
    Draft202012Validator(body["schema"]).validate(body["example"])
    assert Draft202012Validator(body["schema"]).is_valid({}) is (kind in ("identify", "page", "screen"))
