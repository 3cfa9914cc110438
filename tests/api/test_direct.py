"""Event calls go past the framework, and nobody can tell by the answers (docs/decisions/0025)."""

import gzip
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.exc import DataError, OperationalError
from starlette.types import Receive, Scope, Send

from api.events.committing import GroupCommit
from api.events.direct import EventCalls
from api.events.endpoints import ACCEPTED_AT
from domain.errors import Unavailable

Headers = Sequence[tuple[str, str]]
Call = tuple[str, bytes, Headers]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

GOOD: dict[str, Any] = {
    "event": "Signed Up",
    "name": "Home",
    "userId": "42",
    "groupId": "acme",
    "previousId": "a-7",
    "batch": [{"type": "track", "event": "Signed Up", "userId": "42", "messageId": "m-1"}],
}
BATCH = [{"type": "track", "event": "Signed Up", "userId": user, "messageId": f"b-{user}"} for user in ("1", "2", "")]
GZIPPED = gzip.compress(json.dumps({**GOOD, "messageId": "z"}).encode())


def call(path: str = "/v1/track", body: Any = None, headers: Headers = (), **change: Any) -> Call:
    """A call with the good body, with that one, or with these bytes."""
    written = body if body is not None else {**GOOD, "messageId": f"m{path}", **change}
    return path, written if isinstance(written, bytes) else json.dumps(written).encode(), headers


CALLS: dict[str, Call] = {
    **{path: call(path) for path in ACCEPTED_AT},
    "gzip": call(body=GZIPPED, headers=[("Content-Encoding", "gzip")]),
    "a header that comes twice": call(body=GZIPPED, headers=[("Content-Encoding", "gzip"), ("Content-Encoding", "br")]),
    "a batch of which some is refused": call("/v1/batch", {"batch": BATCH}),
    "a batch of which all is refused": call("/v1/batch", {"batch": BATCH[2:]}),
    "a wrong field": call(userId=["42"]),
    "a field that is missing": call(event=None),
    "what cannot be stored": call(properties={"a": "\0"}),
    "no JSON": call(body=b"{"),
    "too much": call(body=b" " * 40_000),
    "no gzip": call(headers=[("Content-Encoding", "gzip")]),
    "another encoding": call(headers=[("Content-Encoding", "br")]),
    "a key that nobody has": call(headers=[("Authorization", "Bearer sj_ingest_nobody")]),
    "a key of another form": call(headers=[("Authorization", "Digest x")]),
}


@pytest.fixture
async def caller(app: FastAPI, write_key: str) -> AsyncIterator[AsyncClient]:
    """Calls with the write key, and gets the answer also where the application raises behind it."""
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://api") as client:
        client.headers["Authorization"] = f"Bearer {write_key}"
        yield client


async def answered(caller: AsyncClient, sent: Call) -> Answer:
    path, content, headers = sent
    answer = await caller.post(path, content=content, headers=list(headers))
    return answer.status_code, answer.headers.raw, answer.content


def go_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async def through(self: EventCalls, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    monkeypatch.setattr(EventCalls, "__call__", through)


async def test_event_calls_are_answered_without_the_routes_of_the_application(
    app: FastAPI, caller: AsyncClient
) -> None:
    app.router.routes.clear()
    answers = {path: (await answered(caller, call(path)))[0] for path in ("/v1/account", *ACCEPTED_AT)}
    assert answers == {"/v1/account": 404} | dict.fromkeys(ACCEPTED_AT, 200)


async def test_both_ways_answer_alike(caller: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    short = {what: await answered(caller, sent) for what, sent in CALLS.items()}
    go_the_long_way(monkeypatch)
    assert {what: await answered(caller, sent) for what, sent in CALLS.items()} == short
    assert {status for status, _, _ in short.values()} == {200, 400, 401, 413, 415}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unavailable("Later."), 503),
        (OperationalError("", {}, Exception("gone")), 503),
        (DataError("", {}, Exception("no")), 422),
        (RuntimeError("a defect"), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
async def test_both_ways_answer_alike_when_nothing_can_be_committed(
    error: Exception, status: int, caller: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: object) -> list[bool]:
        raise error

    monkeypatch.setattr(GroupCommit, "commit", failing)
    short = await answered(caller, call())
    go_the_long_way(monkeypatch)
    assert await answered(caller, call()) == short
    assert short[0] == status
