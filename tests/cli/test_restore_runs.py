"""`sojourn restore-runs`: what it says and with which status it ends. What becomes of the runs: tests/e2e/test_restoring.py."""

from uuid import UUID

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.ids import workflow_id
from store.database import Database
from tests.cli.conftest import Sojourn
from tests.fixtures.history import History
from tests.routing.world import World as Small
from tests.routing.world import journey


@pytest.fixture
def sojourn(
    offline: Sojourn, database_url: str, temporal: str, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> Sojourn:
    """Runs `sojourn …` on a database and a Temporal of its own."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal)
    monkeypatch.setenv("SOJOURN_TEMPORAL_NAMESPACE", namespace)
    return offline


@pytest.fixture
async def lost(db: Database) -> UUID:
    """A run that Temporal was told of, and does not know."""
    small = Small(db)
    await small.publish(journey("restoring"))
    await small.track("ada", "Signed Up")
    await small.route()
    await small.run_sql("DELETE FROM command")
    run: UUID = (await small.run())["id"]
    return run


async def test_a_lost_run_is_counted_first_and_started_then(
    sojourn: Sojourn, lost: UUID, temporal: str, namespace: str
) -> None:
    counted = await sojourn("restore-runs", "--dry-run")
    assert counted.output == "1 runs under way: 0 live in Temporal, 1 lost, and would be started again.\n"
    started = await sojourn("restore-runs", "--json")
    assert started.code == 0
    assert (started.json["dry_run"], started.json["looked_at"], started.json["restored"]) == (False, 1, 1)
    client = await Client.connect(temporal, namespace=namespace, data_converter=pydantic_data_converter)
    handle = client.get_workflow_handle(workflow_id("restoring", lost))
    try:
        again = await sojourn("restore-runs", "--journey", "restoring")
        assert again.output == "1 runs under way: 1 live in Temporal, 0 lost, and started again.\n"
    finally:
        await handle.terminate()


async def test_a_run_whose_version_is_gone_is_named_and_the_status_is_1(sojourn: Sojourn, db: Database) -> None:
    history = History(db)
    run = await history.run(await history.customer("42"), "nowhere", ago=60)
    outcome = await sojourn("restore-runs")
    assert outcome.code == 1
    assert f"Not started: run {run} of nowhere (NotFound); the log says where." in outcome.output


async def test_the_audit_says_how_lost_runs_are_started_again(sojourn: Sojourn, db: Database) -> None:
    history = History(db)
    await history.run(await history.customer("42"), "welcome", ago=60)
    assert "sojourn restore-runs" in (await sojourn("audit")).output


@pytest.mark.parametrize("words", [("--journey", "a'b"), ("--rate", "-1")])
async def test_nonsense_is_wrong_usage(sojourn: Sojourn, words: tuple[str, ...]) -> None:
    assert (await sojourn("restore-runs", *words)).code == 2


async def test_without_temporal_nothing_is_restored(sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    outcome = await sojourn("restore-runs")
    assert (outcome.code, outcome.error) == (3, "Temporal cannot be reached at 127.0.0.1:9.")
