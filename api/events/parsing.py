"""Bytes to JSON, and what JSON may hold that PostgreSQL cannot."""

import json
import math
from dataclasses import dataclass

import orjson
from pydantic import JsonValue

from api.problems import Refusal

DEEPEST = 32
"""Levels of objects and lists in one event. Segment's own destinations take far fewer."""

_NUL = b"\\u0000"
_SURELY_LONG = 30
"""Digits that no number of 64 bits has."""


@dataclass(frozen=True)
class Fault:
    """A field and why it cannot be taken."""

    field: str
    message: str


@dataclass(frozen=True)
class Parsed:
    """A JSON object. `strict`: a strict reader took it, so that only what `is_suspect` sees can be wrong with it."""

    value: dict[str, JsonValue]
    strict: bool


def parse_object(body: bytes) -> Parsed:
    """The JSON object in `body`. Raises Refusal (400) when there is none.

    orjson refuses what RFC 8259 refuses: NaN, Infinity, lone surrogates, numbers beyond a double. It does not say in
    which field, so what it refuses is read again by the lenient reader of the standard library and left to `fault_in`.
    """
    strict = True
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        value = _read_leniently(body, error)
        strict = False
    if not isinstance(value, dict):
        raise Refusal(400, "The body must be a JSON object.", code="invalid_json", field="body")
    return Parsed(value, strict)


def is_suspect(encoded: bytes) -> bool:
    """Whether strictly read JSON may hold a NUL or be nested too deeply: a glance that spares most events a walk."""
    return _NUL in encoded or encoded.count(b"{") + encoded.count(b"[") > DEEPEST


def _read_leniently(body: bytes, error: orjson.JSONDecodeError) -> object:
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"), parse_int=_integer)
    except RecursionError:
        raise Refusal(400, f"Nested deeper than {DEEPEST} levels.", code="invalid_json", field="body") from None
    except ValueError:
        raise Refusal(400, f"The body is not valid JSON: {error}.", code="invalid_json", field="body") from None


def _integer(digits: str) -> int | float:
    """As orjson reads it: beyond 64 bits a number is a double, and one beyond a double is left to `fault_in`."""
    whole = int(digits) if len(digits) < _SURELY_LONG else 2**64
    return whole if -(2**63) <= whole < 2**64 else float(digits)


def fault_in(value: object, field: str = "", depth: int = 0) -> Fault | None:
    """The first thing in a JSON value that cannot be stored, named by its path such as `properties.items[2].name`."""
    if isinstance(value, str):
        return _fault_in_text(value, field)
    if isinstance(value, float) and not math.isfinite(value):
        return Fault(field, "NaN, Infinity and numbers beyond a double are not JSON numbers.")
    if isinstance(value, dict | list) and depth >= DEEPEST:
        return Fault(field.partition(".")[0].partition("[")[0], f"Nested deeper than {DEEPEST} levels.")
    if isinstance(value, dict):
        for key, item in value.items():
            inner = f"{field}.{key}" if field else key
            if fault := _fault_in_text(key, _printable(inner)) or fault_in(item, inner, depth + 1):
                return fault
    if isinstance(value, list):
        for place, item in enumerate(value):
            if fault := fault_in(item, f"{field}[{place}]", depth + 1):
                return fault
    return None


def _fault_in_text(text: str, field: str) -> Fault | None:
    if "\x00" in text:
        return Fault(field, "The character NUL (\\u0000) cannot be stored.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return Fault(field, "Half a surrogate pair (\\ud800 to \\udfff) is not a character.")
    return None


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\u0000")
