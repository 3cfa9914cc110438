"""What a customer said elsewhere is recorded by an admin call, and heard like any other event."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from store.database import Database
from tests.api.conftest import Inbox
from tests.fixtures.history import History

YES = {"channels": {"sms": True}, "source": "checkout form"}


@pytest.fixture
async def ada(db: Database, admin: AsyncClient) -> str:
    await admin.put("/v1/topics/news", json={"title": "News"})
    return f"/v1/customers/{await History(db).customer('42', phone='+4917012345')}"


async def said(admin: AsyncClient, ada: str) -> dict[str, Any]:
    consents = (await admin.get(ada)).json()["consents"]
    return {one["channel"] or one["topic"]: (one["granted"], one["source"]) for one in consents}


async def test_a_yes_and_a_no_are_kept_with_their_source_and_heard(admin: AsyncClient, ada: str, inbox: Inbox) -> None:
    answer = await admin.post(f"{ada}/consents", json={**YES, "topics": {"news": False}, "proof": {"form": "f-7"}})
    assert answer.status_code == 200, answer.text
    assert await said(admin, ada) == {"sms": (True, "checkout form"), "news": (False, "checkout form")}
    heard = [(event.name, event.properties) for event in await inbox.events()]
    assert heard == [
        ("Subscribed", {"channel": "sms", "subscribed": True, "machine": False}),
        ("Unsubscribed", {"topic": "news", "subscribed": False, "machine": False}),
    ]


async def test_the_newest_word_counts_whenever_we_are_told(admin: AsyncClient, ada: str) -> None:
    await admin.post(f"{ada}/consents", json={**YES, "channels": {"sms": False}})
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    await admin.post(f"{ada}/consents", json={**YES, "at": past})
    assert (await said(admin, ada))["sms"][0] is False


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channels": {"fax": True}}, "channels.fax"),
        ({"topics": {"other": True}}, "topics.other"),
        ({"channels": {}}, "body"),
        ({"source": ""}, "source"),
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"at": "2026-01-01T00:00:00"}, "at"),
    ],
)
async def test_what_cannot_be_kept_is_refused_by_its_name(
    admin: AsyncClient, ada: str, change: dict[str, object], field: str
) -> None:
    answer = await admin.post(f"{ada}/consents", json={**YES, **change})
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await said(admin, ada) == {}


async def test_nobody_speaks_for_a_customer_with_a_key_of_a_page(
    shop: AsyncClient, admin: AsyncClient, ada: str
) -> None:
    assert (await shop.post(f"{ada}/consents", json=YES)).status_code == 403
    assert (await admin.post(f"/v1/customers/{uuid4()}/consents", json=YES)).status_code == 404
