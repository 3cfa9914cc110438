"""A webhook carries a secret that stands nowhere but in its own row: not in histories, logs, decisions or documents."""

import logging

import pytest
from sqlalchemy import text

from runtime.codec import JourneyCodec
from runtime.sealing import seal_of
from runtime.settings import Settings
from store.access import named_secrets
from store.database import Database
from tests.e2e.test_outside import Crm, crm, sign_up
from tests.fixtures.world import World
from tests.replay.payloads import texts

__all__ = ["crm"]

VALUE = "canary-of-a-secret"
JOURNEY = """
journey: lead
entry: {{event: Signed Up}}
steps:
  - id: call
    webhook: {{url: "{url}/{{{{ secrets.place }}}}", headers: {{Authorization: "Bearer {{{{ secrets.crm_token }}}}"}}}}
  - {{id: tell, notify: {{webhook: "{{{{ secrets.chat }}}}", text: Called.}}}}
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'secret'"

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def world_settings(world_settings: Settings) -> Settings:
    return world_settings.model_copy(update={"trusted_webhook_hosts": ("127.0.0.1",)})


async def test_a_secret_is_put_in_at_the_call_and_stands_nowhere_else(
    world: World, db: Database, crm: Crm, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with db.transaction() as tx:
        seal = seal_of(world.settings)
        for name, value in (("crm_token", VALUE), ("place", f"{VALUE}/leads"), ("chat", f"{crm.url}/{VALUE}")):
            await named_secrets.put(tx, seal, name, value, actor="test")
    await sign_up(world, JOURNEY.format(url=crm.url))
    run = await world.run_in("lead", "ended")
    (called, _), _ = crm.calls
    assert called["authorization"] == f"Bearer {VALUE}"
    assert crm.paths == [f"/{VALUE}/leads", f"/{VALUE}"]
    async with db.transaction() as tx:
        for table in (await tx.execute(text(_TABLES))).scalars().all():
            rows = await tx.execute(text(f'SELECT CAST(t AS text) FROM "{table}" t'))
            assert not any(VALUE in row for row in rows.scalars()), table
    codec = JourneyCodec()
    history = [word for event in (await world.history(run)).events for word in await texts(event, codec)]
    assert any("crm_token" in word for word in history), "the reference travels"
    explained = (await world.admin.get(f"/v1/runs/{run['id']}/explain")).text
    ours = [line.getMessage() for line in caplog.records if not line.name.startswith(("httpx", "httpcore"))]
    assert not any(VALUE in word for word in (*history, *ours, explained))


async def test_a_secret_that_is_gone_parks_the_run_until_it_is_set(world: World, db: Database, crm: Crm) -> None:
    async with db.transaction() as tx:
        for name in ("crm_token", "place", "chat"):
            await named_secrets.put(tx, seal_of(world.settings), name, f"{crm.url}/x", actor="test")
    document = JOURNEY.format(url=crm.url)
    await world.publish(document)
    async with db.transaction() as tx:
        await named_secrets.delete(tx, "crm_token", used_by=[], actor="test")
    await world.identify("ada", email=world.address("ada"))
    await world.track("ada", "Signed Up")
    parked = await world.run_in("lead", "parked")
    assert parked["parked"]["code"] == "secret_missing"
    assert crm.calls == []


async def test_a_secret_that_does_not_exist_is_refused_at_publish(world: World) -> None:
    await world.admin.put(
        "/v1/journeys/lead",
        content=JOURNEY.format(url="https://crm.test"),
        headers={"Content-Type": "application/yaml"},
    )
    answer = await world.admin.post("/v1/journeys/lead/publish")
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["errors"]] == [
        "steps[0].webhook.url",
        "steps[0].webhook.headers",
        "steps[1].notify.webhook",
    ]
