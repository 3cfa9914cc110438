"""POST /v1/track, identify, page, screen, group, alias, batch: Segment's HTTP Tracking API.

These are the busiest endpoints, so they take the bare request (`direct.py`): the way through FastAPI costs more than everything
else here together. Their documentation is in `reference.py`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import JsonValue
from starlette.types import Receive

from api.auth import key_of, secret_of
from api.events.batch import Refused, take_apart
from api.events.body import BATCH_BYTES, EVENT_BYTES, received
from api.events.calls import CALLS
from api.events.committing import GroupCommit
from api.events.normalise import Arrival, normalise
from api.events.parsing import Fault, is_suspect, parse_object
from api.events.reference import (
    BATCH_ANSWERS,
    BATCH_DESCRIPTION,
    CALL_ANSWERS,
    CALL_DESCRIPTION,
    batch_body,
    call_body,
)
from api.problems import FieldProblem, Refusal, answer
from runtime.resources import Resources
from store.access.keys import Scope

NOT_STORABLE = "PostgreSQL cannot store a value in it."

router = APIRouter(prefix="/v1", tags=["events"])


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request: its headers, with names in small letters, its body, and what the process has open."""

    headers: Mapping[str, str]
    receive: Receive
    resources: Resources
    commits: GroupCommit


async def accept_call(incoming: Incoming, kind: str) -> Response:
    """Takes one call and answers once it is committed."""
    received_at = datetime.now(UTC)
    body = await received(incoming.headers, incoming.receive, EVENT_BYTES)
    parsed = parse_object(body)
    source = await _source(incoming, parsed.value)
    suspect = not parsed.strict or is_suspect(body)
    event = normalise(parsed.value, kind, Arrival(source, received_at, suspect))
    if isinstance(event, Fault):
        raise Refusal(400, f"{event.field}: {event.message}", code="invalid_event", field=event.field)
    (stored,) = await incoming.commits.commit([event])
    if not stored:
        raise Refusal(400, NOT_STORABLE, code="invalid_event", field="body")
    return _json({"success": True, "messageId": event.message_id})


async def accept_batch(incoming: Incoming) -> Response:
    """Takes many calls. Good ones are committed together; bad ones are named by index and take no other with them."""
    received_at = datetime.now(UTC)
    parsed = parse_object(await received(incoming.headers, incoming.receive, BATCH_BYTES))
    source = await _source(incoming, parsed.value)
    events, refused = take_apart(parsed, source, received_at)
    stored = await incoming.commits.commit([event for _, event in events]) if events else []
    refused += [
        Refused(index, Fault("", NOT_STORABLE)) for (index, _), kept in zip(events, stored, strict=True) if not kept
    ]
    refused.sort(key=lambda one: one.index)
    if refused and not any(stored):
        return _all_refused(refused)
    return _json(
        {
            "success": True,
            "accepted": sum(stored),
            "messageIds": [event.message_id for (_, event), kept in zip(events, stored, strict=True) if kept],
            "errors": [{"index": one.index, "field": one.fault.field, "message": one.fault.message} for one in refused],
        }
    )


def _all_refused(refused: list[Refused]) -> Response:
    errors = tuple(
        FieldProblem(field=f"batch[{one.index}].{one.fault.field}".rstrip("."), message=one.fault.message)
        for one in refused
    )
    return answer(400, "invalid_event", "No event of the batch can be taken.", errors=errors)


async def _source(incoming: Incoming, body: Mapping[str, JsonValue]) -> str:
    """The source of the key that the call came with: in the header, or as `writeKey` in the body."""
    secret = secret_of(incoming.headers)
    if secret is None:
        written = body.get("writeKey")
        secret = written if isinstance(written, str) else None
    return (await key_of(incoming.resources, secret, Scope.INGEST)).source


def _json(content: Mapping[str, object]) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")


Accept = Callable[[Incoming], Awaitable[Response]]


def _accept(kind: str) -> Accept:
    async def accept(incoming: Incoming) -> Response:
        return await accept_call(incoming, kind)

    return accept


ACCEPTED_AT: dict[str, Accept] = {**{f"/v1/{kind}": _accept(kind) for kind in CALLS}, "/v1/batch": accept_batch}
"""What takes the calls of each path."""


def _documented(path: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        state = request.app.state
        incoming = Incoming(request.headers, request.receive, state.resources, state.commits)
        return await ACCEPTED_AT[path](incoming)

    return endpoint


for _kind, _model in CALLS.items():
    router.add_api_route(
        f"/{_kind}",
        _documented(f"/v1/{_kind}"),
        methods=["POST"],
        operation_id=_kind,
        summary=(_model.__doc__ or "").partition(".")[0],
        description=CALL_DESCRIPTION,
        responses=CALL_ANSWERS,
        openapi_extra=call_body(_model),
    )
router.add_api_route(
    "/batch",
    _documented("/v1/batch"),
    methods=["POST"],
    operation_id="batch",
    summary="Many calls at once",
    description=BATCH_DESCRIPTION,
    responses=BATCH_ANSWERS,
    openapi_extra=batch_body(),
)
