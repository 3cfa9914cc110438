"""Settings of the account that would only fail at the first send are refused when they are written."""

import pytest
from httpx import AsyncClient

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
]


@pytest.mark.parametrize("wanted", GOOD, ids=range(len(GOOD)))
async def test_what_channels_can_use_is_taken(wanted: dict[str, object], admin: AsyncClient) -> None:
    answer = await admin.put("/v1/account", json=wanted)
    assert answer.status_code == 200, answer.text
    assert wanted.items() <= (await admin.get("/v1/account")).json().items()


@pytest.mark.parametrize(("field", "value"), WRONG, ids=range(len(WRONG)))
async def test_what_they_cannot_use_is_refused_by_its_name(field: str, value: object, admin: AsyncClient) -> None:
    answer = await admin.put("/v1/account", json={field: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
