"""Calls to other systems, signed as Standard Webhooks asks (https://github.com/standard-webhooks/standard-webhooks)."""

import asyncio
import base64
import hmac
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import httpx
import orjson
from pydantic import Field, JsonValue
from standardwebhooks import Webhook

from channels.public_internet import PrivateAddress, PublicInternet
from channels.retry_after import read_retry_after
from domain.frozen import Frozen

MAX_REPLY = 64 * 1024
"""Bytes of an answer that are read."""

_AGAIN = frozenset({408, 425, 429})
_OURS = frozenset({"host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection"})


class Called(Frozen):
    """The receiver took it. `reply` is its answer if that is a JSON object; otherwise `note` says why there is none."""

    status: int
    reply: dict[str, JsonValue] = Field(default_factory=dict)
    note: str | None = None


class Rejected(Frozen):
    """The receiver will not take it, or may not be called."""

    code: str
    status: int | None = None


class Retry(Frozen):
    """Not taken, or nobody can say: call again under the same id, not before `retry_after`."""

    code: str
    status: int | None = None
    retry_after: timedelta | None = None


def derived_secret(secret_key: str) -> str:
    """The signing secret (`whsec_…`) of an installation that has not set one: receivers need it to check signatures."""
    return "whsec_" + base64.b64encode(hmac.digest(secret_key.encode(), b"sojourn webhooks", "sha256")).decode()


class WebhookCaller:
    """Signs with `secret` (`whsec_` and base64). `trusted_hosts` may have private addresses; `timeout` is for an answer
    to begin, and again for it to end."""

    def __init__(
        self, secret: str, *, trusted_hosts: Collection[str] = (), timeout: timedelta = timedelta(seconds=10)
    ) -> None:
        self._signer = Webhook(secret)
        self._timeout = timeout.total_seconds()
        self._client = httpx.AsyncClient(transport=PublicInternet(trusted_hosts), timeout=self._timeout)

    async def call(
        self,
        url: str,
        *,
        body: Mapping[str, JsonValue],
        webhook_id: str,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> Called | Rejected | Retry:
        """One call. `webhook_id` is the same for every repetition, so that the receiver can drop what it has.

        2xx is taken; 408, 425, 429, 5xx and silence are worth another call; everything else, redirects too, is a no.
        """
        content = orjson.dumps(dict(body))
        try:
            request = self._client.build_request(
                method, url, content=content, headers=self._headers(webhook_id, content.decode(), headers or {})
            )
            if request.url.scheme not in ("http", "https") or not request.url.host:
                return Rejected(code="invalid_url")
            return await self._answer(request)
        except PrivateAddress:
            return Rejected(code="private_address")
        except (httpx.InvalidURL, httpx.LocalProtocolError, httpx.UnsupportedProtocol, UnicodeError):
            return Rejected(code="invalid_request")
        except (TimeoutError, httpx.TimeoutException):
            return Retry(code="timeout")
        except httpx.HTTPError:
            return Retry(code="no_answer")

    async def close(self) -> None:
        await self._client.aclose()

    def _headers(self, webhook_id: str, content: str, given: Mapping[str, str]) -> dict[str, str]:
        """The author's headers and ours; ours cannot be replaced."""
        now = datetime.now(UTC)
        kept = {name: text for name, text in given.items() if name.lower() not in _OURS}
        return {
            "user-agent": "Sojourn",
            "accept": "application/json",
            "accept-encoding": "identity",
            **{name.lower(): text for name, text in kept.items()},
            "content-type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(webhook_id, now, content),
        }

    async def _answer(self, request: httpx.Request) -> Called | Rejected | Retry:
        async with asyncio.timeout(self._timeout):
            response = await self._client.send(request, stream=True)
        try:
            status = response.status_code
            if response.is_success:
                reply, note = await self._reply(response)
                return Called(status=status, reply=reply, note=note)
            if status in _AGAIN or status >= 500:
                return Retry(
                    code=f"http_{status}",
                    status=status,
                    retry_after=read_retry_after(response.headers.get("retry-after")),
                )
            return Rejected(code=f"http_{status}", status=status)
        finally:
            await response.aclose()

    async def _reply(self, response: httpx.Response) -> tuple[dict[str, JsonValue], str | None]:
        """The answer's fields. An answer that cannot be kept is no failure: the receiver has taken the call."""
        read = bytearray()
        try:
            async with asyncio.timeout(self._timeout):
                async for chunk in response.aiter_raw():
                    read += chunk
                    if len(read) > MAX_REPLY:
                        return {}, f"the answer is larger than {MAX_REPLY // 1024} KB"
        except (TimeoutError, httpx.HTTPError):
            return {}, "the answer broke off"
        return _fields(bytes(read))


def _fields(read: bytes) -> tuple[dict[str, JsonValue], str | None]:
    if not read:
        return {}, None
    try:
        reply = orjson.loads(read)
    except orjson.JSONDecodeError:
        return {}, "the answer is not JSON"
    if not isinstance(reply, dict) or b"\\u0000" in read:
        return {}, "the answer is not a JSON object that can be stored"
    return reply, None
