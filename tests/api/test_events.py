"""Events in: what each call becomes, and when it is answered."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from httpx import AsyncClient

from domain.events import AcceptedEvent
from tests.api.conftest import SOURCE, Inbox

CALLS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "track": (
        {"event": "Order Completed", "properties": {"total": 99.5, "items": [{"sku": "s-1"}]}},
        {"name": "Order Completed", "properties": {"total": 99.5, "items": [{"sku": "s-1"}]}},
    ),
    "identify": (
        {"traits": {"email": "ann@example.com", "address": {"city": "Graz"}}},
        {"name": "Identified", "traits": {"email": "ann@example.com", "address": {"city": "Graz"}}},
    ),
    "page": (
        {"name": "Pricing", "category": "Docs", "properties": {"path": "/pricing", "name": "overruled"}},
        {"name": "Page Viewed", "properties": {"path": "/pricing", "name": "Pricing", "category": "Docs"}},
    ),
    "screen": ({"name": "Home"}, {"name": "Screen Viewed", "properties": {"name": "Home"}}),
    "group": (
        {"groupId": "acme", "traits": {"plan": "pro"}},
        {"name": "Grouped", "properties": {"groupId": "acme"}, "traits": {"plan": "pro"}},
    ),
    "alias": ({"previousId": "a-7"}, {"name": "Aliased", "previous_id": "a-7"}),
}


@pytest.mark.parametrize("kind", CALLS)
async def test_each_call_becomes_an_event(kind: str, shop: AsyncClient, inbox: Inbox) -> None:
    given, expected = CALLS[kind]
    before = datetime.now(UTC)
    answer = await shop.post(f"/v1/{kind}", json={"userId": "42", "anonymousId": "a-1", "messageId": "m-1", **given})
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "messageId": "m-1"}
    event = await inbox.only()
    assert event == AcceptedEvent.model_validate(
        {
            "type": kind,
            "identities": ("user_id:42", "anonymous_id:a-1"),
            "message_id": "m-1",
            "source": SOURCE,
            "timestamp": event.received_at,
            "received_at": event.received_at,
            **expected,
        }
    )
    assert before <= event.received_at <= datetime.now(UTC)


async def test_an_answered_event_is_committed_and_the_same_again_is_answered_alike(
    shop: AsyncClient, inbox: Inbox
) -> None:
    call = {"event": "Order Completed", "userId": "42", "messageId": "m-1"}
    first = await shop.post("/v1/track", json=call)
    assert len(await inbox.events()) == 1
    second = await shop.post("/v1/track", json={**call, "event": "Something else"})
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert [event.name for event in await inbox.events()] == ["Order Completed"]


async def test_a_missing_message_id_is_made_and_told(shop: AsyncClient, inbox: Inbox) -> None:
    answer = await shop.post("/v1/track", json={"event": "Signed Up", "anonymousId": "a-1", "messageId": None})
    event = await inbox.only()
    assert answer.json()["messageId"] == event.message_id != ""
    assert event.identities == ("anonymous_id:a-1",)


async def test_ids_may_be_numbers_and_unknown_fields_are_ignored(shop: AsyncClient, inbox: Inbox) -> None:
    call = {"event": "Signed Up", "userId": 42, "anonymousId": "", "integrations": {"All": False}, "_metadata": [1]}
    assert (await shop.post("/v1/track", json={**call, "context": None, "properties": None})).status_code == 200
    assert (await inbox.only()).identities == ("user_id:42",)


async def test_context_is_kept(shop: AsyncClient, inbox: Inbox) -> None:
    context = {"page": {"path": "/"}, "library": {"name": "analytics.js"}}
    await shop.post("/v1/page", json={"userId": "42", "context": context})
    assert (await inbox.only()).context == context


@pytest.mark.parametrize("how", ["basic", "bearer", "body"])
async def test_the_write_key_may_come_three_ways(how: str, client: AsyncClient, write_key: str) -> None:
    call = {"event": "Signed Up", "userId": "42"}
    headers = {
        "basic": {"Authorization": "Basic " + base64.b64encode(f"{write_key}:".encode()).decode()},
        "bearer": {"Authorization": f"Bearer {write_key}"},
        "body": {},
    }[how]
    if how == "body":
        call["writeKey"] = write_key
    assert (await client.post("/v1/track", json=call, headers=headers)).status_code == 200


async def test_an_admin_key_may_send_events(admin: AsyncClient) -> None:
    assert (await admin.post("/v1/track", json={"event": "Signed Up", "userId": "42"})).status_code == 200


async def test_gzip_is_read_whatever_the_content_type(shop: AsyncClient, inbox: Inbox) -> None:
    body = gzip.compress(json.dumps({"event": "Signed Up", "userId": "42"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain"}
    assert (await shop.post("/v1/track", content=body, headers=headers)).status_code == 200
    assert (await inbox.only()).name == "Signed Up"


async def test_a_future_timestamp_is_corrected_by_the_moment_of_sending(shop: AsyncClient, inbox: Inbox) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=3)
    call = {
        "event": "Signed Up",
        "userId": "42",
        "timestamp": ahead.isoformat(),
        "sentAt": (ahead + timedelta(minutes=10)).isoformat(),
    }
    await shop.post("/v1/track", json=call)
    event = await inbox.only()
    assert event.timestamp == event.received_at - timedelta(minutes=10)


async def test_a_past_timestamp_is_kept(shop: AsyncClient, inbox: Inbox) -> None:
    await shop.post("/v1/track", json={"event": "Signed Up", "userId": "42", "timestamp": "2026-01-02T03:04:05+02:00"})
    assert (await inbox.only()).timestamp == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)


async def test_pages_of_any_origin_may_send_events_but_nothing_else(shop: AsyncClient, client: AsyncClient) -> None:
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    allowed = await client.options("/v1/batch", headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "authorization" in allowed.headers["access-control-allow-headers"].lower()
    for call, status in (({"event": "Signed Up", "userId": "42"}, 200), ({"event": "Signed Up"}, 400)):
        answer = await shop.post("/v1/track", json=call, headers={"Origin": "https://shop.example"})
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    refused = await client.options("/v1/journeys", headers=asked)
    assert "access-control-allow-origin" not in refused.headers
