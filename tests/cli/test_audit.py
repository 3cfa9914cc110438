"""`sojourn audit`: the books, and the people who differ."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.ids import workflow_id
from store.database import Database
from tests.cli.conftest import Sojourn
from tests.fixtures.history import NOW, History


@pytest.fixture
def sojourn(
    offline: Sojourn, database_url: str, temporal: str, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> Sojourn:
    """Runs `sojourn …` on a database and a Temporal of its own."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal)
    monkeypatch.setenv("SOJOURN_TEMPORAL_NAMESPACE", namespace)
    return offline


async def test_empty_books_balance(sojourn: Sojourn) -> None:
    outcome = await sojourn("audit", "--journey", "welcome")
    assert outcome.code == 0
    assert outcome.output.endswith("The books balance.\n")


async def test_who_lives_in_the_database_only_is_named_and_the_status_is_1(sojourn: Sojourn, db: Database) -> None:
    history = History(db)
    ada = await history.customer("42")
    lost = await history.run(ada, "welcome", ago=60)
    await history.run(ada, "welcome", ago=60, status="ended", ended_reason="goal")
    await history.run(ada, "welcome", ago=(NOW - datetime.now(UTC)) / timedelta(minutes=1))
    outcome = await sojourn("audit", "--journey", "welcome", "--json")
    assert outcome.code == 1
    assert outcome.json["journeys"] == [
        {
            "journey": "welcome",
            "entered": 3,
            "queued": 0,
            "running": 2,
            "leaving": 0,
            "paused": 0,
            "parked": 0,
            "ended": 1,
        }
    ]
    assert outcome.json["only_in_database"] == [
        {"workflow_id": workflow_id("welcome", lost), "customer": str(ada), "status": "running"}
    ]
    assert f"(customer {ada}, running)" in (await sojourn("audit")).output


async def test_without_temporal_it_cannot_be_told(sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    outcome = await sojourn("audit")
    assert (outcome.code, outcome.error) == (3, "Temporal cannot be reached at 127.0.0.1:9.")
