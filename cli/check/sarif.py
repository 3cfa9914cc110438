"""Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020), with which code hosts annotate a pull request."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cli.check.gathering import Found
from domain.check.catalogue import Code, described

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(found: Sequence[Found]) -> dict[str, Any]:
    """One run with the rules that were broken. Paths are relative to the working folder, as code hosts want them."""
    rules = list(dict.fromkeys(described(one.code, one.level) for one in found))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Sojourn",
                        "semanticVersion": version("sojourn"),
                        "rules": [_rule(code) for code in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The folder in which the check was run."}}},
                "results": [_result(one, rules) for one in found],
            }
        ],
    }


_PAGES = {
    "error": "See docs/language.md, What the compiler refuses",
    "warning": "See docs/checking-journeys.md, The warnings",
}


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.code,
        "name": code.code.title().replace("_", ""),
        "shortDescription": {"text": f"{code.title}."},
        "help": {"text": f"{code.title}. {_PAGES[code.level]}, `{code.code}`."},
        "defaultConfiguration": {"level": code.level},
    }


def _result(one: Found, rules: Sequence[Code]) -> dict[str, Any]:
    text = f"{one.message} {one.remedy}".strip()
    physical: dict[str, Any] = {"artifactLocation": _artifact(one.file)}
    if one.line is not None:
        physical["region"] = {"startLine": one.line, "startColumn": one.column or 1}
    location: dict[str, Any] = {"physicalLocation": physical}
    if one.path:
        location["logicalLocations"] = [{"fullyQualifiedName": f"{one.journey}:{one.path}".lstrip(":")}]
    return {
        "ruleId": one.code,
        "ruleIndex": rules.index(described(one.code, one.level)),
        "level": one.level,
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"place/v1": _fingerprint(one)},
    }


def _artifact(file: str) -> dict[str, str]:
    path = Path(file)
    here = Path.cwd()
    absolute = path if path.is_absolute() else here / path
    if absolute.is_relative_to(here):
        return {"uri": absolute.relative_to(here).as_posix(), "uriBaseId": "SRCROOT"}
    return {"uri": absolute.resolve().as_uri()}


def _fingerprint(one: Found) -> str:
    """The same finding keeps its print when lines above it come and go."""
    return hashlib.sha256(f"{one.journey}/{one.path}/{one.code}".encode()).hexdigest()[:32]
