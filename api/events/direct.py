"""The short way of event calls: past FastAPI and its middleware, which take more CPU than all that a call does."""

from collections.abc import Sequence

from fastapi import Request
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.events.endpoints import ACCEPTED_AT, Incoming
from api.problems import answer_to_any

_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
"""What `api/safe_answers.py` gives to all others."""


class EventCalls:
    """Answers event calls itself, and leaves everything else to the application.

    CORS for browsers: pages may send events, and nothing else. No cookies, no credentials: the write key in the call is
    all there is.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._cors = CORSMiddleware(
            self._take, allow_origins=origins, allow_methods=["POST"], allow_headers=["*"], max_age=24 * 3600
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in ACCEPTED_AT:
            await self._app(scope, receive, send)
        elif any(name == b"origin" for name, _ in scope["headers"]):
            await self._cors(scope, receive, send)
        else:
            await self._take(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        state = scope["app"].state
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        try:
            response = await ACCEPTED_AT[scope["path"]](Incoming(headers, receive, state.resources, state.commits))
        except Exception as error:
            response = await answer_to_any(Request(scope, receive), error)
        response.raw_headers.append(_NO_SNIFFING)
        await response(scope, receive, send)
