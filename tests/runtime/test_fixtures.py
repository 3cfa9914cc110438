"""The servers that the other tests stand on."""

import psycopg
from sqlalchemy import text
from temporalio.client import Client

from store.database import Database


async def test_each_test_has_a_database_of_its_own(db: Database) -> None:
    async with db.transaction() as transaction:
        await transaction.execute(
            text("INSERT INTO topic (id, title, description, opt_in) VALUES ('a', '', '', false)")
        )
    async with db.transaction() as transaction:
        assert (await transaction.execute(text("SELECT id FROM topic"))).scalars().all() == ["a"]


async def test_a_row_of_another_test_is_not_seen(db: Database) -> None:
    async with db.transaction() as transaction:
        assert (await transaction.execute(text("SELECT id FROM topic"))).scalars().all() == []


def test_postgresql_compares_text_by_code_point_and_checks_its_pages(postgres: str) -> None:
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SELECT datlocale FROM pg_database WHERE datname = 'postgres'").fetchone() == (
            "C.UTF-8",
        )


async def test_temporal_knows_our_search_attributes_and_keeps_closed_runs(temporal: str) -> None:
    client = await Client.connect(temporal)
    found = [
        each async for each in client.list_workflows("JourneyId = 'none' AND JourneyVersion = 1 AND Parked = true")
    ]
    assert found == []
