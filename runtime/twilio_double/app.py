"""The double over HTTP: Twilio's Messages API, a page like a phone's, and a small API for tests."""

import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from runtime.twilio_double.exchange import Exchange
from runtime.twilio_double.messages import ERRORS, Fault, Script
from runtime.twilio_double.pages import phone_page

_MESSAGES = "/2010-04-01/Accounts/{account}/Messages"


def create_twilio_app(exchange: Exchange) -> Starlette:
    """The application over this exchange; closing the application closes the exchange."""

    async def create(request: Request) -> Response:
        if not _is_authentic(request, exchange):
            return _error(20003)
        form = await _form(request)
        fault = exchange.next_fault()
        if fault is not None:
            return await _fail(request, exchange, form, fault)
        taken = exchange.take(form)
        return _error(taken) if isinstance(taken, int) else JSONResponse(taken.resource(), 201)

    async def listing(request: Request) -> Response:
        if not _is_authentic(request, exchange):
            return _error(20003)
        wanted = {"to": request.query_params.get("To"), "sender": request.query_params.get("From")}
        found = [
            sms for sms in reversed(exchange.messages) if all(v in (None, getattr(sms, k)) for k, v in wanted.items())
        ]
        return JSONResponse({"messages": [sms.resource() for sms in found], "page": 0, "page_size": len(found)})

    async def one(request: Request) -> Response:
        if not _is_authentic(request, exchange):
            return _error(20003)
        found = next((sms for sms in exchange.messages if sms.sid == request.path_params["sid"]), None)
        return JSONResponse(found.resource()) if found else _error(20404)

    async def page(_: Request) -> Response:
        return HTMLResponse(phone_page(exchange.messages))

    async def reply(request: Request) -> Response:
        form = await _form(request)
        await exchange.write_back(form.get("from", ""), form.get("body", ""))
        return RedirectResponse("/", 303)

    async def newest(request: Request) -> Response:
        to = request.query_params.get("to")
        found = [sms for sms in reversed(exchange.messages) if to in (None, sms.to)]
        return JSONResponse([sms.resource() for sms in found])

    async def empty(_: Request) -> Response:
        exchange.messages.clear()
        return Response(status_code=204)

    async def inbound(request: Request) -> Response:
        said = await request.json()
        return JSONResponse({"answered": await exchange.write_back(said["from"], said["body"])})

    async def script(request: Request) -> Response:
        exchange.follow(Script.model_validate_json(await request.body()))
        return Response(status_code=204)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await exchange.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route(f"{_MESSAGES}.json", create, methods=["POST"]),
            Route(f"{_MESSAGES}.json", listing),
            Route(_MESSAGES + "/{sid}.json", one),
            Route("/", page),
            Route("/reply", reply, methods=["POST"]),
            Route("/api/messages", newest),
            Route("/api/messages", empty, methods=["DELETE"]),
            Route("/api/inbound", inbound, methods=["POST"]),
            Route("/api/script", script, methods=["POST"]),
            Route("/healthz", health),
        ],
    )


def _is_authentic(request: Request, exchange: Exchange) -> bool:
    """Basic auth with the account's id and token, and the same account in the path."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, token = base64.b64decode(word).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    account = exchange.account
    is_ours = (name, token) == (account.sid, account.token)
    return scheme.lower() == "basic" and is_ours and request.path_params["account"] == account.sid


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


async def _fail(request: Request, exchange: Exchange, form: dict[str, str], fault: Fault) -> Response:
    if fault.take:
        exchange.take(form)
    if fault.hang:
        await request.receive()  # the body has been read: the next thing to come is that the client has gone
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return JSONResponse({"code": fault.code, "message": "Scripted", "status": fault.status}, fault.status, headers)


def _error(code: int) -> Response:
    status, message = ERRORS[code]
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)
