"""No secret, and nothing that is known about a person, gets into logs, metrics, errors or what Temporal keeps (semantics 26)."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from runtime.codec import JourneyCodec
from runtime.settings import Settings
from tests.faults.installation import Installation, installed
from tests.fixtures.mailbox import Mailbox
from tests.replay.payloads import texts

PERSON = {
    "user id": "canary-user",
    "address": "canary-mail",
    "first name": "CanaryFirst",
    "phone": "+14155550142",
    "trait": "canary-trait",
    "property": "canary-property",
    "reason": "canary-reason",
    "page": "canary-page",
    "agent": "canary-agent",
    "input": "canary-input",
    "wrong": "canary-wrong",
}
SECRETS = {
    "secret_key": "canary-secret-key-that-is-long-enough",
    "encryption_key": base64.b64encode(b"canary-encryption-key-of-32-byte").decode(),
    "twilio_auth_token": "canary-twilio-token",
    "smtp_password": "canary-smtp-password",
}
JOURNEY = """
journey: canary
inputs: {word: text}
entry: [{event: Signed Up}, {manual: true, again: always}]
steps:
  - {id: hello, send: {template: hello, channel: email, topic: news, data: {word: {ref: event.word}}}}
  - {id: note, set: {last_word: {ref: event.word}}}
  - {id: call, webhook: {url: "http://127.0.0.1:9/canary-url", headers: {X-Key: canary-header}, data: {word: {ref: event.word}}}}
  - {id: which, branch: [{if: {word: {exists: true}}, steps: [{id: torn, send: email/torn}]}]}
  - {id: rest, wait: 30d}
"""


@pytest.fixture
def guarded(world_settings: Settings) -> Settings:
    secrets = {name: SecretStr(value) for name, value in SECRETS.items()}
    return world_settings.model_copy(update={**secrets, "log_level": "debug", "log_format": "json"})


async def test_canaries_in_every_field_are_found_in_no_log_metric_error_or_history(
    guarded: Settings, tmp_path: Path, mailbox: Mailbox
) -> None:
    async with installed(guarded, tmp_path, mailbox) as sojourn:
        said = await live(sojourn)
        kept = await what_temporal_keeps(sojourn)
        keys = [str(caller.headers["Authorization"]).removeprefix("Bearer ") for caller in _callers(sojourn)]
    logs = await asyncio.to_thread(_read, tmp_path)
    assert "worker_ready" in logs
    assert any("hello" in line for line in kept), "histories were read"
    for where, lines in (("logs", [logs]), ("Temporal", kept), ("answers", said)):
        for canary in (*PERSON.values(), *SECRETS.values(), *keys):
            found = next((line for line in lines if canary in line), "")
            place = found.find(canary)
            assert place < 0, f"{where}: {found[max(place - 400, 0) : place + 100]}"


def _read(folder: Path) -> str:
    return "".join(file.read_text() for file in sorted(folder.glob("*.log")))


async def live(sojourn: Installation) -> list[str]:
    """A person's life with everything in it that can go wrong; gives back what was answered to others."""
    world = sojourn.world
    await world.admin.put("/v1/topics/news", json={"title": "News"})
    await world.template("hello", "Hello {{ customer.first_name }} {{ data.word }} {{ message.unsubscribe_url }}")
    await world.template("torn", "Hello {{ customer.first_name | divided_by: 0 }}")
    await world.publish(JOURNEY)
    await _break_the_database(sojourn)
    sojourn.start("worker")
    await _arrive(world)
    run = await world.run_in("canary", "parked")
    await world.insist(run["id"], "stop", reason=PERSON["reason"])
    answers = [await world.shop.get(path) for path in ("/metrics", "/healthz", "/readyz", "/openapi.json")]
    answers += await asyncio.gather(*_wrong_calls(world))
    await world.run_in("canary", "ended")
    return [answer.text for answer in answers]


async def _break_the_database(sojourn: Installation) -> None:
    """PostgreSQL names the values of a row that it refuses."""
    async with sojourn.db.transaction() as tx:
        await tx.execute(text("ALTER TABLE topic ADD CHECK (title <> 'canary-wrong')"))
        await tx.execute(text("ALTER TABLE event ADD CHECK (name <> 'canary-wrong')"))


async def _arrive(world: Any) -> None:
    traits = {
        "email": world.address(PERSON["address"]),
        "phone": PERSON["phone"],
        "first_name": PERSON["first name"],
        "word": PERSON["trait"],
    }
    context = {"page": {"url": f"https://shop.test/{PERSON['page']}"}, "userAgent": PERSON["agent"]}
    user = PERSON["user id"]
    await world.shop.post("/v1/identify", json={"userId": user, "traits": traits, "context": context})
    await world.track(user, "Signed Up", word=PERSON["property"])
    await world.track("somebody-else", PERSON["wrong"], word=PERSON["wrong"])
    await world.mails(PERSON["address"], 1)
    entry = {"user_id": user, "inputs": {"word": PERSON["input"]}, "data": {"word": PERSON["property"]}}
    answer = await world.admin.post("/v1/journeys/canary/enter", json=entry)
    assert answer.is_success, answer.text


def _wrong_calls(world: Any) -> list[Any]:
    """Calls that are refused, one of them by a fault of ours."""
    wrong = PERSON["wrong"]
    return [
        world.admin.put("/v1/topics/news", json={"title": wrong}),
        world.admin.put("/v1/account", json={"timezone": [wrong], "quiet_hours": {"start": wrong}}),
        world.admin.get("/v1/customers", params={"user_id": f"{wrong}\0"}),
        world.admin.post("/v1/messages/x/resolve", json={"as": wrong}),
        world.shop.post("/v1/track", json={"userId": wrong, "event": "A", "timestamp": "canary"}),
        world.shop.post("/v1/track", content=f'{{"userId": "{wrong}", "event": '),
        world.shop.post("/callbacks/twilio/inbound", data={"From": PERSON["phone"], "Body": wrong}),
        world.admin.get("/v1/account", params={"key": wrong}, headers={"Authorization": f"Bearer {wrong}"}),
    ]


async def what_temporal_keeps(sojourn: Installation) -> list[str]:
    """Every text of every workflow: ids, memos, search attributes, summaries, histories, with what is sealed opened."""
    codec, client = JourneyCodec(SECRETS["encryption_key"]), sojourn.world.client
    found: list[str] = []
    async for workflow in client.list_workflows():
        handle = client.get_workflow_handle(workflow.id, run_id=workflow.run_id)
        found += await texts((await handle.describe()).raw_description, codec)
        async for event in handle.fetch_history_events():
            found += await texts(event, codec)
    return found


def _callers(sojourn: Installation) -> tuple[Any, Any]:
    return sojourn.world.shop, sojourn.world.admin
