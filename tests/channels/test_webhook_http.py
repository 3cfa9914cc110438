"""Calls out: signed, once, and never to our neighbours."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.retry_after import read_retry_after
from channels.webhook_http import MAX_REPLY, Called, Rejected, Retry, WebhookCaller, derived_secret
from runtime.stack.ports import free_port
from tests.fixtures.loopback import serving

SECRET = derived_secret("a key of this test")
SPAN = timedelta(seconds=0.3)


@dataclass
class Receiver:
    """Keeps what it gets and answers what it is told."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    calls: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: Request) -> Response:
        self.calls.append((request.method, request.url.path, dict(request.headers), await request.body()))
        await asyncio.sleep(self.delay)
        return Response(self.content, self.status, self.headers)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    kept = Receiver()
    methods = ["POST", "PUT", "PATCH", "GET"]
    async with serving(Starlette(routes=[Route("/{path:path}", kept.answer, methods=methods)])) as url:
        kept.url = url
        yield kept


@pytest.fixture
async def caller() -> AsyncIterator[WebhookCaller]:
    calling = WebhookCaller(SECRET, trusted_hosts=("127.0.0.1",), timeout=SPAN)
    yield calling
    await calling.close()


async def test_a_call_is_signed_and_the_answers_fields_are_kept(receiver: Receiver, caller: WebhookCaller) -> None:
    receiver.content = b'{"code": "A1", "nested": {"list": [1, 2]}}'
    answer = await caller.call(
        f"{receiver.url}/hook?a=b",
        method="PUT",
        headers={"X-Ours": "yes", "Webhook-Id": "forged", "Host": "elsewhere", "Content-Type": "text/plain"},
        body={"type": "journey.x", "data": {"name": "Ünal"}},
        webhook_id="run/step/1",
    )
    assert answer == Called(status=200, reply={"code": "A1", "nested": {"list": [1, 2]}})
    ((method, path, headers, content),) = receiver.calls
    assert (method, path, headers["x-ours"], headers["webhook-id"]) == ("PUT", "/hook", "yes", "run/step/1")
    assert headers["host"] == receiver.url.removeprefix("http://")
    assert headers["content-type"] == "application/json"
    assert Webhook(SECRET).verify(content, headers) == {"type": "journey.x", "data": {"name": "Ünal"}}


async def test_a_repetition_has_the_same_id(receiver: Receiver, caller: WebhookCaller) -> None:
    for _ in range(2):
        await caller.call(receiver.url, body={}, webhook_id="run/step/1")
    assert [headers["webhook-id"] for _, _, headers, _ in receiver.calls] == ["run/step/1"] * 2


STATUSES: list[tuple[int, Called | Rejected | Retry]] = [
    (204, Called(status=204)),
    (302, Rejected(code="http_302", status=302)),
    (400, Rejected(code="http_400", status=400)),
    (404, Rejected(code="http_404", status=404)),
    (410, Rejected(code="http_410", status=410)),
    (408, Retry(code="http_408", status=408)),
    (425, Retry(code="http_425", status=425)),
    (429, Retry(code="http_429", status=429, retry_after=timedelta(seconds=9))),
    (500, Retry(code="http_500", status=500)),
    (503, Retry(code="http_503", status=503, retry_after=timedelta(seconds=9))),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
async def test_each_status_has_its_class(
    receiver: Receiver, caller: WebhookCaller, status: int, expected: Called | Rejected | Retry
) -> None:
    receiver.status = status
    if isinstance(expected, Retry) and expected.retry_after:
        receiver.headers = {"Retry-After": "9"}
    if status == 302:
        receiver.headers = {"Location": f"{receiver.url}/elsewhere"}
    assert await caller.call(receiver.url, body={}, webhook_id="1") == expected
    assert len(receiver.calls) == 1, "redirects are not followed"


REPLIES: list[tuple[bytes, dict[str, object], str | None]] = [
    (b"", {}, None),
    (b"<html>", {}, "the answer is not JSON"),
    (b"[1]", {}, "the answer is not a JSON object that can be stored"),
    (b'{"a": "\\u0000"}', {}, "the answer is not a JSON object that can be stored"),
    (b'{"a": ' + b"[" * 3000 + b"]" * 3000 + b"}", {}, "the answer is not JSON"),
    (json.dumps({"a": "x" * MAX_REPLY}).encode(), {}, "the answer is larger than 64 KB"),
]


@pytest.mark.parametrize(("content", "reply", "note"), REPLIES, ids=range(len(REPLIES)))
async def test_what_cannot_be_kept_of_an_answer_is_said(
    receiver: Receiver, caller: WebhookCaller, content: bytes, reply: dict[str, object], note: str | None
) -> None:
    receiver.content = content
    answer = await caller.call(receiver.url, body={}, webhook_id="1")
    assert answer == Called.model_validate({"status": 200, "reply": reply, "note": note})


async def test_silence_is_worth_another_call(receiver: Receiver, caller: WebhookCaller) -> None:
    receiver.delay = SPAN.total_seconds() + 0.2
    assert await caller.call(receiver.url, body={}, webhook_id="1") == Retry(code="timeout")


async def test_nobody_at_home_is_worth_another_call(caller: WebhookCaller) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    assert await caller.call(closed, body={}, webhook_id="1") == Retry(code="no_answer")


BROKEN: list[tuple[bytes, Called | Retry]] = [
    (b"", Retry(code="no_answer")),
    (b"220 smtp\r\n", Retry(code="no_answer")),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Called(status=200, note="the answer broke off")),
]


@pytest.mark.parametrize(("written", "expected"), BROKEN)
async def test_an_answer_may_break_off(caller: WebhookCaller, written: bytes, expected: Called | Retry) -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(written)
        writer.close()

    async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert await caller.call(url, body={}, webhook_id="1") == expected


@pytest.mark.parametrize("url", ["", "ftp://shop.test/x", "http://", "nowhere", "file:///etc/passwd"])
async def test_what_is_no_web_address_is_refused(caller: WebhookCaller, url: str) -> None:
    answer = await caller.call(url, body={}, webhook_id="1")
    assert isinstance(answer, Rejected)
    assert answer.code in ("invalid_url", "invalid_request")


async def test_a_header_that_cannot_be_sent_is_refused(receiver: Receiver, caller: WebhookCaller) -> None:
    answer = await caller.call(receiver.url, headers={"X-A": "b\r\nX-C: d"}, body={}, webhook_id="1")
    assert answer == Rejected(code="invalid_request")
    assert receiver.calls == []


PRIVATE = ["http://{}:{}", "http://localhost:{1}", "http://[::1]:{1}", "http://2130706433:{1}", "http://0.0.0.0:{1}",
           "http://[::ffff:127.0.0.1]:{1}", "http://0x7f000001:{1}", "http://0177.0.0.1:{1}", "http://127.1:{1}",
           "http://127.0.0.1.:{1}", "http://user:hooks.example@127.0.0.1:{1}", "http://[::127.0.0.1]:{1}"]  # fmt: skip


@pytest.mark.parametrize("form", PRIVATE)
async def test_a_private_address_is_not_called_in_any_spelling(receiver: Receiver, form: str) -> None:
    guarded = WebhookCaller(SECRET, timeout=SPAN)
    url = form.format("127.0.0.1", receiver.url.rsplit(":", 1)[1])
    answer = await guarded.call(url, body={}, webhook_id="1")
    assert isinstance(answer, Rejected)
    assert answer.code == ("invalid_request" if "0177" in form else "private_address")
    assert receiver.calls == []
    await guarded.close()


async def test_a_trusted_name_may_have_a_private_address(receiver: Receiver) -> None:
    trusting = WebhookCaller(SECRET, trusted_hosts=("LocalHost",), timeout=SPAN)
    port = receiver.url.rsplit(":", 1)[1]
    assert await trusting.call(f"http://localhost:{port}", body={}, webhook_id="1") == Called(status=200)
    assert receiver.calls[0][2]["host"] == f"localhost:{port}"
    await trusting.close()


async def test_a_name_that_changes_its_meaning_is_looked_up_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the first answer is public and passes, the second would be ours. The call goes to the first."""
    answers = iter([["192.0.2.1"], ["127.0.0.1"]])
    monkeypatch.setattr("channels.public_internet.is_public", lambda address: address == "192.0.2.1")

    async def getaddrinfo(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(None, None, None, "", (address, 0)) for address in next(answers)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    guarded = WebhookCaller(SECRET, timeout=SPAN)
    answer = await guarded.call(f"http://shop.test:{receiver.url.rsplit(':', 1)[1]}", body={}, webhook_id="1")
    assert isinstance(answer, Retry)
    assert receiver.calls == []
    await guarded.close()


async def test_the_certificate_is_that_of_the_name_and_not_of_the_address(tmp_path: Path) -> None:
    """The connection goes to an address; the name in the URL is what the certificate must bear."""
    names: list[str | None] = []
    context = _certified("hooks.test", tmp_path)
    context.sni_callback = lambda _, name, __: names.append(name)
    calling = WebhookCaller(SECRET, trusted_hosts=("localhost",), timeout=timedelta(seconds=2))
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        answer = await calling.call(f"https://localhost:{port}", body={}, webhook_id="1")
    await calling.close()
    assert answer == Retry(code="no_answer"), "a certificate that nobody has signed"
    assert set(names) == {"localhost"}


def _certified(name: str, folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = folder / "server.pem"
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def _in(span: timedelta) -> str:
    return format_datetime(datetime.now(UTC) + span, usegmt=True)


RETRY_AFTER: list[tuple[Callable[[], str | None], timedelta | None]] = [
    (lambda: None, None),
    (lambda: "soon", None),
    (lambda: "0", timedelta(0)),
    (lambda: "120", timedelta(minutes=2)),
    (lambda: "9" * 5000, timedelta(days=1)),
    (lambda: _in(timedelta(days=-1)), timedelta(0)),
    (lambda: _in(timedelta(days=9)), timedelta(days=1)),
]


@pytest.mark.parametrize(("text", "expected"), RETRY_AFTER, ids=range(len(RETRY_AFTER)))
def test_retry_after_is_a_span_or_a_date(text: Callable[[], str | None], expected: timedelta | None) -> None:
    assert read_retry_after(text()) == expected
