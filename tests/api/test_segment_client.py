"""The official Segment client for Python, over a real socket."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from segment.analytics.client import Client  # type: ignore[import-untyped]

from tests.api.conftest import Inbox


def send(server: str, write_key: str, calls: Callable[[Any], None], **options: Any) -> list[Exception]:
    """Makes the calls and waits until they have been sent. Gives what went wrong."""
    failures: list[Exception] = []
    client = Client(write_key, host=server, max_retries=0, on_error=lambda error, _: failures.append(error), **options)
    calls(client)
    client.flush()
    client.join()
    return failures


def everything(client: Any) -> None:
    client.identify("42", {"email": "ann@example.com", "since": datetime(2026, 1, 2, tzinfo=UTC)}, anonymous_id="a-1")
    client.track(
        "42", "Order Completed", {"total": 99.5}, timestamp=datetime(2026, 11, 1, tzinfo=UTC), message_id="m-1"
    )
    client.track(anonymous_id="a-1", event="Added To Cart")
    client.page("42", "Docs", "Pricing", {"path": "/pricing"})
    client.screen("42", name="Home")
    client.group("42", "acme", {"plan": "pro"})
    client.alias("a-1", "42")


@pytest.mark.parametrize("gzip", [False, True])
async def test_the_official_client_delivers_every_call(gzip: bool, server: str, write_key: str, inbox: Inbox) -> None:
    assert await asyncio.to_thread(send, server, write_key, everything, gzip=gzip) == []
    events = await inbox.events()
    assert [event.name for event in events] == [
        "Identified",
        "Order Completed",
        "Added To Cart",
        "Page Viewed",
        "Screen Viewed",
        "Grouped",
        "Aliased",
    ]
    identified, ordered, added, *_ = events
    assert identified.traits == {"email": "ann@example.com", "since": "2026-01-02T00:00:00+00:00"}
    assert identified.identities == ("user_id:42", "anonymous_id:a-1")
    assert (ordered.message_id, ordered.timestamp) == ("m-1", datetime(2026, 11, 1, tzinfo=UTC))
    assert added.identities == ("anonymous_id:a-1",)
    assert ordered.context["library"] == identified.context["library"]


async def test_the_official_client_sends_thousands_without_losing_one(
    server: str, write_key: str, inbox: Inbox
) -> None:
    def many(client: Any) -> None:
        for number in range(2000):
            client.track(f"u-{number % 50}", "Page Viewed", {"number": number})

    assert await asyncio.to_thread(send, server, write_key, many, upload_interval=0.05) == []
    assert [event.properties["number"] for event in await inbox.events()] == list(range(2000))


async def test_the_official_client_is_told_that_its_key_is_wrong(server: str, inbox: Inbox) -> None:
    (failure,) = await asyncio.to_thread(
        send, server, "sj_ingest_nobody", lambda client: client.track("42", "Signed Up")
    )
    assert getattr(failure, "status", None) == 401
    assert await inbox.events() == []
