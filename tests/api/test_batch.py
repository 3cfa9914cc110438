"""Batches: good events are taken, bad ones are named."""

import json
from datetime import timedelta

from httpx import AsyncClient

from tests.api.conftest import Inbox


def track(message_id: str, **fields: object) -> dict[str, object]:
    return {"type": "track", "event": "Signed Up", "userId": "42", "messageId": message_id, **fields}


async def test_a_batch_is_taken_in_its_order(shop: AsyncClient, inbox: Inbox) -> None:
    calls = [
        {"type": "identify", "userId": "42", "traits": {"plan": "pro"}, "messageId": "z"},
        track("y"),
        {"type": "page", "anonymousId": "a-1", "name": "Pricing", "messageId": "x"},
        track("y"),
    ]
    answer = await shop.post("/v1/batch", json={"batch": calls})
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "accepted": 4, "messageIds": ["z", "y", "x", "y"], "errors": []}
    assert [event.message_id for event in await inbox.events()] == ["z", "y", "x"]
    again = await shop.post("/v1/batch", json={"batch": calls})
    assert again.json() == answer.json()
    assert len(await inbox.events()) == 3


async def test_bad_events_are_named_by_index_and_take_no_good_one_with_them(shop: AsyncClient, inbox: Inbox) -> None:
    calls = [
        track("m-0"),
        {"type": "track", "event": "Signed Up"},
        "not an object",
        {"type": "dance", "userId": "42"},
        track("m-4", properties={"note": "a\x00b"}),
        track("m-5", properties="text"),
        track("m-6", properties={"long": "x" * 33_000}),
        track("m-7"),
    ]
    answer = await shop.post("/v1/batch", json={"batch": calls})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["success"], said["accepted"], said["messageIds"]) == (True, 2, ["m-0", "m-7"])
    assert [(error["index"], error["field"]) for error in said["errors"]] == [
        (1, "userId"),
        (2, ""),
        (3, "type"),
        (4, "properties.note"),
        (5, "properties"),
        (6, ""),
    ]
    assert all(error["message"] for error in said["errors"])
    assert [event.message_id for event in await inbox.events()] == ["m-0", "m-7"]


async def test_a_lone_surrogate_in_one_event_does_not_spoil_the_others(shop: AsyncClient, inbox: Inbox) -> None:
    body = json.dumps(
        {"batch": [track("m-0", properties={"note": "half \ud83d"}), track("m-1", properties={"n": 10**30})]}
    )
    answer = await shop.post("/v1/batch", content=body)
    assert [(error["index"], error["field"]) for error in answer.json()["errors"]] == [(0, "properties.note")]
    assert (await inbox.only()).message_id == "m-1"


async def test_a_batch_of_bad_events_only_is_refused(shop: AsyncClient, inbox: Inbox) -> None:
    answer = await shop.post("/v1/batch", json={"batch": [{"type": "track"}, {"type": "alias", "userId": "42"}]})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == ["batch[0].event", "batch[1].previousId"]
    assert await inbox.events() == []


async def test_an_empty_batch_is_fine(shop: AsyncClient) -> None:
    answer = await shop.post("/v1/batch", json={"batch": []})
    assert (answer.status_code, answer.json()["accepted"]) == (200, 0)


async def test_the_batch_is_a_list(shop: AsyncClient) -> None:
    bodies: tuple[dict[str, object], ...] = ({}, {"batch": {}}, {"batch": None})
    for body in bodies:
        answer = await shop.post("/v1/batch", json=body)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "batch"


async def test_what_stands_beside_the_batch_counts_for_all(shop: AsyncClient, inbox: Inbox) -> None:
    body = {
        "batch": [
            track("m-0", timestamp="2126-01-01T00:00:00Z", context={"ip": "own"}),
            track("m-1", timestamp="2126-01-01T00:00:00Z", sentAt="2126-01-01T00:00:02Z"),
        ],
        "context": {"ip": "shared", "app": "shop"},
        "sentAt": "2126-01-01T00:00:01Z",
    }
    await shop.post("/v1/batch", json=body)
    first, second = await inbox.events()
    assert first.context == {"ip": "own", "app": "shop"}
    assert second.context == {"ip": "shared", "app": "shop"}
    assert first.received_at - first.timestamp == timedelta(seconds=1)
    assert second.received_at - second.timestamp == timedelta(seconds=2)


async def test_a_batch_may_have_half_a_megabyte_of_events(shop: AsyncClient, inbox: Inbox) -> None:
    calls = [track(f"m-{number}", properties={"text": "x" * 31_000}) for number in range(16)]
    answer = await shop.post("/v1/batch", json={"batch": calls})
    assert answer.json()["accepted"] == 16
    assert len(await inbox.events()) == 16
