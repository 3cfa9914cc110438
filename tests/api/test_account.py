"""Settings of the account that would only fail at the first send are refused when they are written."""

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from store.database import Database

GOOD = [
    {"sender_email": "hello@acme.example"},
    {"sender_email": "Grüße <hello@bücher.example>", "reply_to": "Help <help@acme.example>"},
    {"sender_phone": "+14155552671"},
    {"sender_phone": "MG0123456789abcdef0123456789abcdef"},
    {"sender_phone": "Acme"},
    {"default_country": "HK", "implicit_consent": ["email", "push"]},
]
WRONG = [
    ("sender_email", "hello"),
    ("sender_email", ""),
    ("sender_email", "a@acme.example, b@acme.example"),
    ("sender_email", "Acme <hello@acme.example>\r\nBcc: eve@x.test"),
    ("sender_email", "grüße@acme.example"),
    ("reply_to", "Acme"),
    ("sender_phone", "hello there everybody"),
    ("sender_phone", "0015551234567890123"),
    ("default_country", "Germany"),
    ("implicit_consent", ["mail"]),
    ("timezone", "Berlin"),
    ("max_attributes", 1_001),
    ("max_profile_kb", 0),
    ("max_identities", 0),
]


@pytest.mark.parametrize("wanted", GOOD, ids=range(len(GOOD)))
async def test_what_channels_can_use_is_taken(wanted: dict[str, object], admin: AsyncClient) -> None:
    answer = await admin.put("/v1/account", json=wanted)
    assert answer.status_code == 200, answer.text
    assert wanted.items() <= (await admin.get("/v1/account")).json().items()


async def test_settings_that_nobody_changed_are_not_written_for_an_older_worker_to_stumble_over(
    admin: AsyncClient, db: Database
) -> None:
    shown = (await admin.get("/v1/account")).json()
    await admin.put("/v1/account", json=shown | {"max_profile_kb": 32})
    async with db.transaction() as tx:
        written = (await tx.execute(text("SELECT settings FROM account"))).scalar_one()
    assert written["max_profile_kb"] == 32
    assert "max_identities" not in written
    assert (await admin.get("/v1/account")).json() == shown | {"max_profile_kb": 32}


@pytest.mark.parametrize(("field", "value"), WRONG, ids=range(len(WRONG)))
async def test_what_they_cannot_use_is_refused_by_its_name(field: str, value: object, admin: AsyncClient) -> None:
    answer = await admin.put("/v1/account", json={field: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_limits_that_would_hold_nothing_back_or_break_every_send_are_refused(admin: AsyncClient) -> None:
    settings: dict[str, dict[str, object]] = {
        "caps.email": {"caps": {"email": "3/0d"}},
        "caps.sms": {"caps": {"sms": "3/6000w"}},
        "caps.all": {"caps": {"all": "1000000001/7d"}},
        "quiet_hours.end": {"quiet_hours": {"start": "21:00", "end": "21:00"}},
    }
    answers = {field: await admin.put("/v1/account", json=value) for field, value in settings.items()}
    assert {answer.status_code for answer in answers.values()} == {422}
    assert [answer.json()["errors"][0]["field"] for answer in answers.values()] == list(settings)
