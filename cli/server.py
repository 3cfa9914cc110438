"""The API as the command line sees it: requests with the admin key, and its problem documents as our errors."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from domain.errors import Conflict, InvalidDocument, InvalidInput, NotFound, Problem, SojournError, Unavailable
from runtime.stack.home import Home

Json = dict[str, Any]
"""An object as the API answered it."""

TIMEOUT_SECONDS = 30.0
LONG_SECONDS = 1800.0
"""For answers that look at everybody under way: ten thousand people a second or so, a tenth of that on a busy machine."""


class Refused(SojournError):
    """The server does not let us: no key, a wrong key, or one that may not."""

    code = "refused"


class Server:
    """One server and one key. `transport` stands in for the network in tests."""

    def __init__(self, url: str, key: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=TIMEOUT_SECONDS,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, *, patience: float = TIMEOUT_SECONDS, **query: object) -> Json:
        """The object at `path`, at the latest after `patience` seconds. In `query` what is None is left out, and a list is given
        once for each of its values."""
        answer: Json = self._ask("GET", path, query=query, patience=patience).json()
        return answer

    def text(self, path: str, accept: str, **query: object) -> str:
        """The same in another form, such as text/markdown."""
        return self._ask("GET", path, query=query, headers={"Accept": accept}).text

    def put(self, path: str, body: str | Json, **query: object) -> Json:
        """Stores a text as it is, or an object as JSON."""
        answer: Json = self._ask("PUT", path, body=body, query=query).json()
        return answer

    def post(self, path: str, body: str | Json | None = None, *, patience: float = TIMEOUT_SECONDS) -> Json:
        """Answers at the latest after `patience` seconds."""
        answer: Json = self._ask("POST", path, body=body, patience=patience).json()
        return answer

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: str | Json | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float = TIMEOUT_SECONDS,
    ) -> httpx.Response:
        wanted = {
            name: [str(each) for each in value] if isinstance(value, list) else str(value)
            for name, value in (query or {}).items()
            if value is not None
        }
        text = {"content": body.encode()} if isinstance(body, str) else {"json": body} if body is not None else {}
        sent = {**(headers or {}), **({"Content-Type": "application/yaml"} if isinstance(body, str) else {})}
        try:
            response = self._client.request(
                method, path, params=wanted, headers=sent, timeout=httpx.Timeout(TIMEOUT_SECONDS, read=patience), **text
            )
        except httpx.ReadTimeout:
            raise Unavailable(
                f"{self.url} has not answered for {patience:g} seconds. It may still be working on it: look before you ask again."
            ) from None
        except httpx.TransportError as error:
            raise Unavailable(
                f"cannot reach {self.url} ({error}). Start it with `sojourn up`, or name another with --url or SOJOURN_URL."
            ) from None
        if response.is_error:
            raise error_of(response)
        return response


def error_of(response: httpx.Response) -> SojournError:
    """The error that a problem document (RFC 9457) tells of."""
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    detail = str(problem.get("detail") or f"the server answered {response.status_code}.")
    code = str(problem.get("code") or "error")
    named = [
        Problem(path=str(one.get("field", "")), message=str(one.get("message", "")), remedy=str(one.get("remedy", "")))
        for one in problem.get("errors") or []
    ]
    if code == InvalidDocument.code:
        return InvalidDocument(named)
    detail = "\n".join([detail, *(str(one) for one in named)])
    match response.status_code:
        case 401 | 403:
            return Refused(f"{detail} Give an admin key with --key or SOJOURN_ADMIN_KEY.", code=code)
        case 404:
            return NotFound(detail, code=code)
        case 409:
            return Conflict(detail, code=code)
        case 400 | 413 | 415 | 422:
            return InvalidInput(detail, code=code)
        case 503:
            return Unavailable(detail, code=code)
    return SojournError(detail, code=code)


def stack_environment() -> dict[str, str]:
    """What the stack of this folder (or SOJOURN_HOME) wrote down for scripts; empty without one."""
    return Home(Path(os.environ.get("SOJOURN_HOME", ".sojourn"))).read_dev_env()


def find_server(url: str, key: str) -> tuple[str, str]:
    """URL and key: the options', else the environment's (typer has looked there), else those of the stack here.

    Both are empty strings when nobody names them.
    """
    stack = stack_environment() if not (url and key) else {}
    return url or stack.get("SOJOURN_URL", ""), key or stack.get("SOJOURN_ADMIN_KEY", "")


def connect(url: str, key: str) -> Server:
    """The server to talk to. Raises Refused when nobody says which one, or with which key."""
    url, key = find_server(url, key)
    if not url or not key:
        missing = "no server is named" if not url else "no admin key is given"
        raise Refused(
            f"{missing}. Run `sojourn up` in this folder, or set SOJOURN_URL and SOJOURN_ADMIN_KEY (--url, --key)."
        )
    return Server(url, key)
