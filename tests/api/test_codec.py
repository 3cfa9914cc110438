"""Temporal's Web UI reads payloads through us, for operators only."""

import base64

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload

from api.app import create_app
from runtime.codec import JourneyCodec
from runtime.settings import Settings
from store.access import keys
from store.access.key_ring import KeyRing
from store.database import Database

KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a key payloads are sealed, and only operators open them."""
    return settings.model_copy(update={"encryption_key": SecretStr(KEY)})


async def body() -> dict[str, object]:
    (packed,) = await JourneyCodec(KEY).encode([Payload(metadata={"encoding": b"json/plain"}, data=b'"hello"')])
    metadata = {name: base64.b64encode(value).decode() for name, value in packed.metadata.items()}
    return {"payloads": [{"metadata": metadata, "data": base64.b64encode(packed.data).decode()}]}


async def test_an_operator_reads_payloads_with_the_admin_key(admin: AsyncClient) -> None:
    answer = await admin.post("/codec/decode", json=await body())
    assert base64.b64decode(answer.json()["payloads"][0]["data"]) == b'"hello"'


async def test_what_is_encoded_can_be_decoded_again(admin: AsyncClient) -> None:
    plain = {"payloads": [{"metadata": {"encoding": base64.b64encode(b"json/plain").decode()}, "data": "e30="}]}
    packed = (await admin.post("/codec/encode", json=plain)).json()
    assert (await admin.post("/codec/decode", json=packed)).json() == plain


async def test_nobody_else_reads_them(client: AsyncClient, shop: AsyncClient) -> None:
    assert (await client.post("/codec/decode", json=await body())).status_code == 401
    assert (await shop.post("/codec/decode", json=await body())).status_code == 403


async def test_a_browser_that_has_shown_the_key_reads_them_with_its_cookie(app: FastAPI, admin_key: str) -> None:
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://api.test") as browser:
        assert (await browser.post("/codec/login", data={"key": "wrong"})).status_code == 401
        assert (await browser.post("/codec/login", data={"key": admin_key})).status_code == 200
        assert (await browser.post("/codec/decode", json=await body())).status_code == 200
        browser.cookies.set("sojourn_codec", "forged")
    async with AsyncClient(
        transport=ASGITransport(app=app), base_url="http://api.test", cookies={"sojourn_codec": "forged"}
    ) as forger:
        assert (await forger.post("/codec/decode", json=await body())).status_code == 401


async def test_revoking_a_key_ends_what_a_browser_reads_with_it(app: FastAPI, db: Database, admin_key: str) -> None:
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://api.test") as browser:
        await browser.post("/codec/login", data={"key": admin_key})
        async with db.transaction() as tx:
            key = await keys.find(tx, admin_key)
            assert key is not None
            await keys.revoke(tx, key.prefix, actor="test")
        app.state.resources.keys = KeyRing(db)  # as seconds later
        assert (await browser.post("/codec/decode", json=await body())).status_code == 401


async def test_without_a_key_a_development_stack_opens_them_for_its_web_ui(db: Database, database_url: str) -> None:
    app = create_app(Settings(database_url=database_url, secret_key="a secret for tests, long enough to sign"))
    browser = AsyncClient(transport=ASGITransport(app=app), base_url="http://api.test")
    async with app.router.lifespan_context(app), browser:
        assert (await browser.post("/codec/decode", json={"payloads": []})).status_code == 200


async def test_only_the_origin_of_the_web_ui_may_read_answers(client: AsyncClient, settings: Settings) -> None:
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await client.options("/codec/decode", headers=origin)
    assert answer.headers["access-control-allow-origin"] == settings.ui_origin
    assert answer.headers["access-control-allow-credentials"] == "true"


async def test_a_damaged_payload_is_a_problem_and_not_a_crash(admin: AsyncClient) -> None:
    for payload in ({"data": "%%%"}, {"metadata": {"encoding": "YmluYXJ5L3Nvam91cm4="}, "data": "AA=="}):
        answer = await admin.post("/codec/decode", json={"payloads": [payload]})
        assert answer.status_code == 422, answer.text
