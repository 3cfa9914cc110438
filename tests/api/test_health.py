"""Health, metrics, and what still works when something is away."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from api.app import create_app
from runtime.settings import Settings
from runtime.stack.ports import free_port
from store import database
from store.access import keys
from store.access.key_ring import KeyRing
from store.database import Database
from tests.api.conftest import Inbox

CALL = {"event": "Signed Up", "userId": "42"}


async def test_the_process_answers(client: AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_temporal_events_are_accepted_and_readiness_says_so(shop: AsyncClient) -> None:
    answer = await shop.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "database": "ok", "temporal": "away"})
    assert (await shop.post("/v1/track", json=CALL)).status_code == 200


async def test_with_temporal_readiness_says_so_too(settings: Settings, temporal: str) -> None:
    app = create_app(settings.model_copy(update={"temporal_address": temporal}))
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://api") as api,
    ):
        assert (await api.get("/readyz")).json() == {"status": "ready", "database": "ok", "temporal": "ok"}


async def test_a_database_without_our_schema_is_not_ready(client: AsyncClient, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, "not migrated")
        connection.execute("DROP TABLE alembic_version")
        assert (await client.get("/readyz")).json()["database"] == "not migrated"


async def test_the_api_starts_without_its_database_and_says_when_to_come_back(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"database_url": f"postgresql://nobody@127.0.0.1:{free_port()}/none"}))
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://api") as api,
    ):
        assert (await api.get("/healthz")).status_code == 200
        assert (await api.get("/readyz")).status_code == 503
        answer = await api.post("/v1/track", json=CALL, headers={"Authorization": "Bearer sj_ingest_any"})
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["code"] == "database_away"
        assert "sojourn_database_up 0.0" in (await api.get("/metrics")).text


async def test_an_outage_of_the_database_is_survived(
    shop: AsyncClient, postgres: str, database_url: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RESTED", 0.0)
    name = database_url.rsplit("/", 1)[1]
    assert (await shop.post("/v1/track", json={**CALL, "messageId": "m-1"})).status_code == 200
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        answer = await shop.post("/v1/track", json={**CALL, "messageId": "m-2"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    for message_id in ("m-1", "m-2"):
        assert (await shop.post("/v1/track", json={**CALL, "messageId": message_id})).status_code == 200
    assert [event.message_id for event in await inbox.events()] == ["m-1", "m-2"]


async def test_metrics_show_what_waits_and_the_books(shop: AsyncClient, db: Database) -> None:
    for number in range(3):
        await shop.post("/v1/track", json={**CALL, "messageId": f"m-{number}"})
    answer = await shop.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert "sojourn_inbox_events 3.0" in lines
    assert "sojourn_commands 0.0" in lines
    assert "sojourn_database_up 1.0" in lines
    for name in ("accept_to_route", "route_to_start", "due_to_fired", "claim_to_handed_over"):
        assert f"# TYPE sojourn_{name}_seconds histogram" in lines
    assert "# TYPE sojourn_messages gauge" in lines
    assert "# TYPE sojourn_runs gauge" in lines


def test_processes_of_one_machine_show_what_all_have_measured(tmp_path: Path) -> None:
    def run(code: str) -> str:
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    run("from store import timings; timings.ACCEPT_TO_ROUTE.observe(0.004)")
    page = run("from runtime.metrics import render; print(render(None).decode())")
    assert "sojourn_accept_to_route_seconds_count 1.0" in page
    assert 'sojourn_accept_to_route_seconds_bucket{le="0.005"} 1.0' in page


async def test_a_revoked_key_is_refused_once_it_is_forgotten(
    app: FastAPI, shop: AsyncClient, write_key: str, db: Database
) -> None:
    app.state.resources.keys = KeyRing(db, seconds=0)
    assert (await shop.post("/v1/track", json=CALL)).status_code == 200
    async with db.transaction() as tx:
        await keys.revoke(tx, write_key[:16], actor="test")
    assert (await shop.post("/v1/track", json=CALL)).status_code == 401
