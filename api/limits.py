"""No request may be larger than this, whoever sends it: bodies are read before keys are looked at."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import answer

LARGEST_BODY = 1024 * 1024
"""Bytes. Events and texts have smaller limits of their own."""

MESSAGE = f"More than {LARGEST_BODY // 1024} KB."


class BodyLimit:
    """Answers 413 at once where the length is declared, else as soon as more has come."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > LARGEST_BODY:
            await answer(413, "too_large", MESSAGE)(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise HTTPException(413, MESSAGE)
            return message

        await self._app(scope, counted, send)
