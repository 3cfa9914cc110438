"""The calls of a batch, one by one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from pydantic import JsonValue

from api.events.body import EVENT_BYTES
from api.events.normalise import Arrival, normalise
from api.events.parsing import Fault, Parsed, is_suspect
from api.problems import Refusal
from domain.events import AcceptedEvent

_SHARED = ("sentAt", "context", "integrations")


@dataclass(frozen=True)
class Refused:
    """A call of a batch that cannot be taken, by its place."""

    index: int
    fault: Fault


def take_apart(
    batch: Parsed, source: str, received_at: datetime
) -> tuple[list[tuple[int, AcceptedEvent]], list[Refused]]:
    """The events of a batch with their places, and what is wrong with the others.

    `sentAt` of the batch counts for calls without their own; `context` and `integrations` are merged under theirs.
    Raises Refusal (400) when `batch` is no list.
    """
    calls = batch.value.get("batch")
    if not isinstance(calls, list):
        raise Refusal(400, "batch: Must be a list of calls.", code="invalid_event", field="batch")
    shared = {field: batch.value.get(field) for field in _SHARED}
    suspect = not batch.strict or is_suspect(orjson.dumps(shared))
    events: list[tuple[int, AcceptedEvent]] = []
    refused: list[Refused] = []
    for index, call in enumerate(calls):
        taken = _take(call, shared, Arrival(source, received_at, suspect))
        if isinstance(taken, Fault):
            refused.append(Refused(index, taken))
        else:
            events.append((index, taken))
    return events, refused


def _take(call: JsonValue, shared: Mapping[str, JsonValue], arrival: Arrival) -> AcceptedEvent | Fault:
    if not isinstance(call, dict):
        return Fault("", "Must be an object.")
    encoded = json.dumps(call).encode() if arrival.suspect else orjson.dumps(call)
    if len(encoded) > EVENT_BYTES:
        return Fault("", f"More than {EVENT_BYTES // 1024} KB.")
    arrival = replace(arrival, suspect=arrival.suspect or is_suspect(encoded))
    return normalise(_with_shared(call, shared), str(call.get("type")), arrival)


def _with_shared(call: Mapping[str, JsonValue], shared: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    merged = dict(call)
    if not merged.get("sentAt"):
        merged["sentAt"] = shared["sentAt"]
    for field in ("context", "integrations"):
        general, own = shared[field], merged.get(field) or {}
        if isinstance(general, dict) and isinstance(own, dict):
            merged[field] = {**general, **own}
    return merged
