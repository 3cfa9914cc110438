"""The twilio SDK's HTTP on httpx: one pool, a base URL of our choice, and refusals that keep their Retry-After."""

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]

from channels.retry_after import read_retry_after

_log = logging.getLogger("twilio.http")


class Answered(Exception):
    """Twilio did not say 2xx. `code` is Twilio's error code, where the body has one."""

    def __init__(self, status: int, code: int | None, retry_after: timedelta | None) -> None:
        super().__init__(f"HTTP {status}" + (f", error {code}" if code else ""))
        self.status = status
        self.code = code
        self.retry_after = retry_after


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """What the SDK calls. Raises Answered for every answer but 2xx, and httpx's errors as they are."""

    def __init__(self, base_url: str, timeout: timedelta) -> None:
        super().__init__(_log, True, timeout.total_seconds())
        self._base = urlsplit(base_url)
        self._client = httpx.AsyncClient(timeout=timeout.total_seconds(), trust_env=False)

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_: object,
    ) -> Response:
        """One request, never repeated. Redirects are an answer like any other."""
        wanted: dict[str, Any] = {"params": params, "data": data, "headers": headers, "auth": auth}
        response = await self._client.request(method, self._at_base(uri), **wanted)
        if not response.is_success:
            raise Answered(response.status_code, _code(response), read_retry_after(response.headers.get("retry-after")))
        return Response(response.status_code, response.text, response.headers)

    async def close(self) -> None:
        await self._client.aclose()

    def _at_base(self, uri: str) -> str:
        path = self._base.path.rstrip("/") + urlsplit(uri).path
        return urlunsplit((self._base.scheme, self._base.netloc, path, urlsplit(uri).query, ""))


def _code(response: httpx.Response) -> int | None:
    try:
        body = response.json()
    except ValueError:
        return None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, int) else None
