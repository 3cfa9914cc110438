"""Errors as problem documents (RFC 9457): every error of the API leaves through here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from domain.errors import Conflict, Defect, InvalidDocument, InvalidInput, NotFound, SojournError, Unavailable
from domain.frozen import Frozen
from store.outages import OUTAGES, REFUSALS, is_outage

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1

_STATUS: tuple[tuple[type[SojournError], int], ...] = (
    (InvalidInput, 422),
    (NotFound, 404),
    (Conflict, 409),
    (Defect, 422),
    (Unavailable, 503),
)

_CODES = {413: "too_large", 422: "invalid_input"}
"""Python's own names of these have changed; ours must not."""


class FieldProblem(Frozen):
    """One field and what is wrong with it. `remedy` says what to do where that is not plain from the message."""

    field: str
    message: str
    remedy: str = ""


class ProblemDocument(Frozen):
    """What every error answers. `code` is stable: programs should look at it, and people at `detail`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldProblem, ...] = ()


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of an endpoint: problem documents with these statuses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


class Refusal(SojournError):
    """A no that only HTTP knows: a status of its own, the field it is about, headers that go with it."""

    def __init__(
        self, status: int, message: str, *, code: str, field: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.field = field
        self.headers = dict(headers or {})


def answer(
    status: int,
    code: str,
    detail: str,
    *,
    errors: tuple[FieldProblem, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as a response. 503 always says when to come back."""
    document = ProblemDocument(
        type=f"urn:sojourn:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=status,
        detail=detail,
        code=code,
        errors=errors,
    )
    headers = dict(headers or {})
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    return Response(document.model_dump_json(), status, headers, MEDIA_TYPE)


def answer_to(error: SojournError) -> Response:
    """The one translation of our errors to HTTP."""
    if isinstance(error, Refusal):
        named = (FieldProblem(field=error.field, message=error.message),) if error.field else ()
        return answer(error.status, error.code, error.message, errors=named, headers=error.headers)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if isinstance(error, InvalidDocument):
        errors = tuple(FieldProblem(field=p.path, message=p.message, remedy=p.remedy) for p in error.problems)
        count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
        return answer(status, error.code, f"The document has {count}.", errors=errors)
    return answer(status, error.code, error.message)


def install(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Makes every error of this app, whose endpoints stand in `routers`, a problem document."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _Http([route for router in routers for route in router.routes]))
    app.add_exception_handler(Exception, _unexpected)


async def answer_to_any(request: Request, error: Exception) -> Response:
    """The answer to one of our errors or of PostgreSQL's. Raises `error` again if it is neither."""
    handler = next((_HANDLERS[kind] for kind in type(error).__mro__ if kind in _HANDLERS), None)
    if handler is None:
        raise error
    return await handler(request, error)


async def _ours(_: Request, error: Exception) -> Response:
    return answer_to(cast(SojournError, error))


async def _invalid(_: Request, error: Exception) -> Response:
    """Says where and what, and never repeats the input: it may be a person's address."""
    errors = tuple(
        FieldProblem(field=".".join(str(part) for part in problem["loc"][1:]) or "body", message=problem["msg"])
        for problem in cast(RequestValidationError, error).errors()
    )
    fields = ", ".join(problem.field for problem in errors)
    return answer(422, "invalid_input", f"The request is not valid: {fields}.", errors=errors)


class _Http:
    """What the framework itself refuses."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = [route for route in routes if isinstance(route, Route)]

    async def __call__(self, request: Request, error: Exception) -> Response:
        http = cast(HTTPException, error)
        code = _CODES.get(http.status_code) or HTTPStatus(http.status_code).name.lower()
        headers = dict(http.headers or {})
        if http.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(self._methods(request.scope)) or headers.get("Allow", "")
        return answer(http.status_code, code, http.detail, headers=headers)

    def _methods(self, scope: Scope) -> list[str]:
        """Every method of the path (RFC 9110, 10.2.1): Starlette names those of the first route alone."""
        found = (route.methods or () for route in self._routes if route.matches(scope)[0] is not Match.NONE)
        return sorted({method for methods in found for method in methods})


async def _database(_: Request, error: Exception) -> Response:
    if not is_outage(error):
        raise error
    log.warning("database_away", error=type(error).__name__)
    return answer_to(Unavailable("PostgreSQL cannot be reached now. Send it again in a moment.", code="database_away"))


async def _unstorable(_: Request, __: Exception) -> Response:
    return answer(
        422, "invalid_input", "PostgreSQL does not take one of the values. Look for NUL and for huge numbers."
    )


async def _unexpected(_: Request, __: Exception) -> Response:
    """The server logs the error itself: Starlette raises it again behind this answer."""
    return answer(500, "internal_error", "Something went wrong here. The log of the API says what.")


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    SojournError: _ours,
    **dict.fromkeys(OUTAGES, _database),
    **dict.fromkeys(REFUSALS, _unstorable),
}
