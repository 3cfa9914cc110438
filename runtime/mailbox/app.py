"""The inbox over HTTP: two pages and a JSON API."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from runtime.mailbox.letters import Letter, Letters
from runtime.mailbox.pages import inbox_page, letter_page

_FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; img-src * data:; style-src 'unsafe-inline'"
)


def create_mailbox_app(letters: Letters) -> Starlette:
    """The application over these letters."""

    def found(request: Request) -> Letter:
        letter = letters.find(request.path_params["letter_id"])
        if letter is None:
            raise HTTPException(404, "no such message: the inbox may have been emptied")
        return letter

    async def list_messages(request: Request) -> Response:
        limit = request.query_params.get("limit", "")
        if limit and not limit.isdecimal():
            raise HTTPException(400, "limit must be a number, such as 10")
        newest = letters.newest(to=request.query_params.get("to"), limit=int(limit) if limit else None)
        return JSONResponse([_as_json(letter) for letter in newest])

    async def empty(_: Request) -> Response:
        letters.clear()
        return Response(status_code=204)

    async def one_message(request: Request) -> Response:
        return JSONResponse(_as_json(found(request)))

    async def inbox(_: Request) -> Response:
        return HTMLResponse(inbox_page(letters.newest(limit=200)))

    async def page(request: Request) -> Response:
        return HTMLResponse(letter_page(found(request)))

    async def body(request: Request) -> Response:
        html = '<base target="_blank">' + (found(request).html or "")
        return HTMLResponse(html, headers={"Content-Security-Policy": _FRAME_POLICY})

    async def source(request: Request) -> Response:
        return PlainTextResponse(found(request).source)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/", inbox),
            Route("/healthz", health),
            Route("/messages/{letter_id}", page),
            Route("/messages/{letter_id}/html", body),
            Route("/messages/{letter_id}/source", source),
            Route("/api/messages", list_messages),
            Route("/api/messages", empty, methods=["DELETE"]),
            Route("/api/messages/{letter_id}", one_message),
        ]
    )


def _as_json(letter: Letter) -> dict[str, object]:
    return letter.model_dump(mode="json", by_alias=True, exclude={"source"})
