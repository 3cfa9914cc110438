"""What cannot be taken is refused with a problem document that names the field."""

import gzip
import json
import zlib

import pytest
from httpx import AsyncClient, Response

from tests.api.conftest import Inbox

GOOD: dict[str, object] = {"event": "Signed Up", "userId": "42"}


def assert_problem(answer: Response, status: int, code: str, field: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:sojourn:problem:{code}"
    assert problem["title"]
    assert problem["detail"]
    if field is not None:
        assert [error["field"] for error in problem["errors"]] == [field]
        assert problem["errors"][0]["message"]


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("track", {"event": None}, "event"),
        ("track", {"event": ""}, "event"),
        ("track", {"event": {"name": "x"}}, "event"),
        ("track", {"event": "x" * 257}, "event"),
        ("track", {"event": "Entry Requested"}, "event"),
        ("track", {"event": "Message Clicked"}, "event"),
        ("track", {"userId": None}, "userId"),
        ("track", {"userId": "", "anonymousId": ""}, "userId"),
        ("track", {"userId": ["42"]}, "userId"),
        ("track", {"userId": True}, "userId"),
        ("track", {"userId": "x" * 257}, "userId"),
        ("track", {"messageId": "x" * 257}, "messageId"),
        ("track", {"properties": [1]}, "properties"),
        ("track", {"context": "page"}, "context"),
        ("track", {"integrations": 1}, "integrations"),
        ("track", {"timestamp": "yesterday"}, "timestamp"),
        ("track", {"timestamp": 1700000000}, "timestamp"),
        ("track", {"timestamp": "0001-01-01T00:00:00+09:00"}, "timestamp"),
        ("track", {"timestamp": "1969-12-31T23:59:59Z"}, "timestamp"),
        ("track", {"originalTimestamp": "2026-13-01"}, "originalTimestamp"),
        ("track", {"sentAt": "later"}, "sentAt"),
        ("identify", {"traits": "pro"}, "traits"),
        ("identify", {"traits": {"deep": {f"t{number}": 1 for number in range(1_000)}}}, "traits"),
        ("group", {}, "groupId"),
        ("alias", {"previousId": ""}, "previousId"),
    ],
)
async def test_a_wrong_field_is_named(
    kind: str, change: dict[str, object], field: str, shop: AsyncClient, inbox: Inbox
) -> None:
    answer = await shop.post(f"/v1/{kind}", json={**GOOD, **change})
    assert_problem(answer, 400, "invalid_event", field)
    assert await inbox.events() == []


@pytest.mark.parametrize("sent_at", ["9999-12-31T23:59:59Z", "4100-01-01T00:00:00Z"])
async def test_a_clock_that_is_thousands_of_years_ahead_is_no_fault_of_ours(
    sent_at: str, shop: AsyncClient, inbox: Inbox
) -> None:
    call = {**GOOD, "timestamp": "1970-01-02T00:00:00Z", "sentAt": sent_at}
    assert (await shop.post("/v1/track", json=call)).status_code == 200
    assert (await inbox.only()).timestamp.year == 1970


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ('{"a": {"b": ["ok", "nul \\u0000"]}}', "properties.a.b[1]"),
        ('{"a\\u0000b": 1}', "properties.a\\u0000b"),
        ('{"a": "half \\ud800"}', "properties.a"),
        ('{"half \\udc00": 1}', "properties.half \\udc00"),
        ('{"a": NaN}', "properties.a"),
        ('{"a": [1, -Infinity]}', "properties.a[1]"),
        ('{"a": 1e999}', "properties.a"),
        (json.dumps({"a": nested(33)}), "properties"),
    ],
)
async def test_json_that_cannot_be_stored_is_refused_with_its_path(
    properties: str, field: str, shop: AsyncClient, inbox: Inbox
) -> None:
    answer = await shop.post(
        "/v1/track", content=f'{{"event": "Signed Up", "userId": "42", "properties": {properties}}}'
    )
    assert_problem(answer, 400, "invalid_event", field)
    assert await inbox.events() == []


async def test_what_only_looks_like_nul_or_deep_nesting_is_taken(shop: AsyncClient, inbox: Inbox) -> None:
    properties = {"path": "c:\\u0000", "flat": [[] for _ in range(60)], "deep": nested(28), "emoji": "\U0001f600"}
    assert (await shop.post("/v1/track", json={**GOOD, "properties": properties})).status_code == 200
    assert (await inbox.only()).properties == properties


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nonsense",
        "[]",
        '"text"',
        "null",
        '{"event": "Signed Up"} {}',
        '{"a": 1,}',
        "[" * 100_000,
        '{"a":' * 5000,
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(body: str, shop: AsyncClient) -> None:
    path = "/v1/batch" if len(body) > 32 * 1024 else "/v1/track"
    assert_problem(await shop.post(path, content=body), 400, "invalid_json", "body")


async def test_bytes_that_are_no_utf8_are_refused(shop: AsyncClient) -> None:
    assert_problem(await shop.post("/v1/track", content=b'{"event": "\xff"}'), 400, "invalid_json", "body")


@pytest.mark.parametrize(("path", "limit"), [("/v1/track", 32), ("/v1/batch", 500)])
@pytest.mark.parametrize("how", ["declared", "streamed", "gzip"])
async def test_a_body_beyond_the_limit_is_refused(how: str, path: str, limit: int, shop: AsyncClient) -> None:
    size = limit * 1024 + 1

    async def pieces() -> object:
        for _ in range(size // 1000 + 1):
            yield b" " * 1000

    if how == "declared":
        answer = await shop.post(path, content=b" " * size)
    elif how == "streamed":
        answer = await shop.post(path, content=pieces())  # type: ignore[arg-type]
    else:
        answer = await shop.post(
            path, content=gzip.compress(b" " * size, mtime=0), headers={"Content-Encoding": "gzip"}
        )
    assert_problem(answer, 413, "too_large", "body")


@pytest.mark.parametrize("how", ["declared", "streamed"])
async def test_no_request_of_any_kind_may_be_huge(how: str, client: AsyncClient) -> None:
    async def pieces() -> object:
        for _ in range(1100):
            yield b" " * 1000

    body = b" " * 1_100_000 if how == "declared" else pieces()
    answer = await client.put("/v1/account", content=body)  # type: ignore[arg-type]
    assert_problem(answer, 413, "too_large")


async def test_exactly_the_limit_is_taken(shop: AsyncClient) -> None:
    body = json.dumps(GOOD).encode()
    assert (await shop.post("/v1/track", content=body + b" " * (32 * 1024 - len(body)))).status_code == 200


async def test_a_zip_bomb_is_never_unpacked(shop: AsyncClient) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(100)) + packer.flush()
    assert len(bomb) < 500 * 1024
    answer = await shop.post("/v1/batch", content=bomb, headers={"Content-Encoding": "gzip"})
    assert_problem(answer, 413, "too_large", "body")


@pytest.mark.parametrize(
    "body", [b"", b"{}", gzip.compress(b"{}", mtime=0)[:-4], gzip.compress(b"{}", mtime=0) + b"more"]
)
async def test_broken_gzip_is_refused(body: bytes, shop: AsyncClient) -> None:
    answer = await shop.post("/v1/track", content=body, headers={"Content-Encoding": "gzip"})
    assert_problem(answer, 400, "invalid_gzip", "body")


async def test_another_encoding_is_refused(shop: AsyncClient) -> None:
    answer = await shop.post("/v1/track", json=GOOD, headers={"Content-Encoding": "br"})
    assert_problem(answer, 415, "unsupported_encoding")
    assert answer.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer sj_ingest_nobody", "Basic !!!", "Basic bm9ib2R5Og==", "Digest x", "Bearer \x00"]
)
async def test_without_a_good_key_nothing_is_taken(header: str, client: AsyncClient, inbox: Inbox) -> None:
    answer = await client.post("/v1/track", json=GOOD, headers={"Authorization": header} if header else {})
    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert await inbox.events() == []


async def test_an_ingest_key_opens_nothing_else(shop: AsyncClient, client: AsyncClient) -> None:
    assert_problem(await shop.get("/v1/account"), 403, "forbidden")
    assert_problem(await client.get("/v1/account"), 401, "unauthorized")


async def test_values_that_postgresql_does_not_take_are_the_callers_mistake(admin: AsyncClient) -> None:
    assert_problem(await admin.get("/v1/customers", params={"user_id": "nul \x00"}), 422, "invalid_input")


async def test_unknown_paths_and_methods_are_problems_too(client: AsyncClient) -> None:
    assert_problem(await client.get("/v1/nothing"), 404, "not_found")
    answer = await client.get("/v1/track")
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"
