"""Requests that are odd in themselves: methods, headers, ids, cursors, numbers and bodies that no client of ours makes."""

import base64
import json

import httpx
import pytest

from tests.abuse.installation import Installation

PATHS = [
    "/v1/track",
    "/v1/journeys",
    "/v1/runs",
    "/v1/account",
    "/healthz",
    "/metrics",
    "/codec/decode",
    "/c/x",
    "/u/x",
]
METHODS = ["TRACE", "CONNECT", "PATCH", "DELETE", "PROPFIND", "X" * 40]


def call(installation: Installation, method: str, path: str, **options: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {installation.admin_key}", **dict(options.pop("headers", {}))}  # type: ignore[call-overload]
    request: httpx.Response = httpx.request(
        method,
        f"{installation.url}{path}",
        headers=headers,
        trust_env=False,
        timeout=20,
        **options,  # type: ignore[arg-type]
    )
    return request


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_a_path_has_not_does_nothing(installation: Installation, method: str, path: str) -> None:
    assert call(installation, method, path).status_code in (400, 405)


def test_allow_names_every_method_of_a_path(installation: Installation) -> None:
    answer = call(installation, "DELETE", "/v1/account")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-Method-Override", "X-Original-URL", "X-Forwarded-Host"]
)
def test_no_header_changes_what_is_called(installation: Installation, header: str) -> None:
    answer = call(installation, "GET", "/healthz", headers={header: "PUT /v1/account"})
    assert answer.json() == {"status": "ok"}


def forged() -> list[str]:
    texts = ["", "0", "!", "é", "9" * 199, "2026-03-02T00:00:00+00:00 x", "0001-01-01T00:00:00+23:59 " + "0" * 32,
             "9999-12-31T23:59:59-23:59 " + "f" * 32, "2026-03-02T00:00:00 " + "0" * 32, "\0 \0"]  # fmt: skip
    return [base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in texts] + texts[2:4]


@pytest.mark.parametrize("cursor", [cursor for cursor in forged() if cursor])
@pytest.mark.parametrize("path", ["/v1/runs", "/v1/messages", "/v1/customers/{customer}/timeline"])
def test_a_forged_cursor_is_a_page_or_a_refusal(installation: Installation, path: str, cursor: str) -> None:
    answer = call(installation, "GET", path.format(**installation.known), params={"cursor": cursor})
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("number", ["0", "-1", "201", "9" * 30, "1e9", "1_0", "٣٣٣", "0x10", "NaN", " 5", ""])
@pytest.mark.parametrize("query", ["/v1/runs?limit={}", "/v1/runs?version={}", "/v1/templates/email/letter?version={}"])
def test_a_number_beyond_reason_is_no_fault_of_ours(installation: Installation, query: str, number: str) -> None:
    assert call(installation, "GET", query.format(number)).status_code in (200, 404, 422)


BODIES = {
    "a number of many digits": b'{"title": ' + b"9" * 5_000 + b"}",
    "half a character": b'{"title": "\\ud800"}',
    "a NUL": b'{"title": "\\u0000"}',
    "deeper than Python": b'{"title": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "many keys": json.dumps({f"k{number}": number for number in range(15_000)}).encode(),
    "the same key twice": b'{"title": "a", "title": ["b"]}',
    "not a number": b'{"title": NaN}',
    "bytes": bytes(range(256)),
    "another encoding": '{"title": "ä"}'.encode("utf-16"),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", ["PUT /v1/topics/news", "PUT /v1/account", "POST /codec/decode", "PUT /v1/journeys/letters",
                                  "POST /v1/journeys/letters/enter", "POST /v1/runs/{run}/pause"])  # fmt: skip
def test_a_body_beyond_reason_is_refused(installation: Installation, path: str, name: str) -> None:
    method, where = path.format(**installation.known).split()
    answer = call(installation, method, where, content=BODIES[name], headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 413, 422), answer.text


def test_payloads_that_swell_are_refused(installation: Installation) -> None:
    sealed = call(installation, "POST", "/codec/encode", json={"payloads": [{"data": "A" * 700_000}]}).json()
    answer = call(installation, "POST", "/codec/decode", json={"payloads": sealed["payloads"] * 120})
    assert answer.status_code == 413


def test_what_is_no_base64_is_refused(installation: Installation) -> None:
    assert call(installation, "POST", "/codec/decode", json={"payloads": [{"data": "é"}]}).status_code == 422


@pytest.mark.parametrize("path", ["/v1/account", "/healthz", "/docs", "/codec/login", "/c/x", "/u/x", "/nothing"])
def test_no_answer_is_guessed_at_framed_or_leaves_a_cookie(installation: Installation, path: str) -> None:
    answer = call(installation, "GET", path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    if answer.headers["content-type"].startswith("text/html"):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_another_origin_reads_no_payloads_and_no_answers(installation: Installation) -> None:
    for path in ("/codec/decode", "/v1/account"):
        answer = call(installation, "OPTIONS", path, headers={"Origin": "https://evil.test"})
        assert answer.headers.get("access-control-allow-origin") in (None, installation.settings.ui_origin)


@pytest.mark.parametrize("kind", ["c", "o", "u"])
def test_a_token_of_another_kind_or_changed_anywhere_is_nothing(installation: Installation, kind: str) -> None:
    message = httpx.get(
        f"{installation.url}/v1/messages/{installation.known['message']}",
        headers={"Authorization": f"Bearer {installation.admin_key}"},
        trust_env=False,
    ).json()
    token = message["content"]["text"].partition("/u/")[2].split()[0]
    suffix = ".gif" if kind == "o" else ""
    wrong = [token[:-1], token[1:], token.swapcase(), token + "A", f"{token}.{token}", token.partition(".")[0], "." * 9]
    wrong += [token] if kind != "u" else []
    for one in wrong:
        assert httpx.get(f"{installation.url}/{kind}/{one}{suffix}", trust_env=False).status_code == 404, one
    if kind == "u":
        answer = httpx.get(f"{installation.url}/u/{token}", trust_env=False)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
