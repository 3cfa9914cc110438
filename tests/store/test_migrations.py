"""The migrations make exactly the tables that the code describes."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import store.tables  # noqa: F401  registers the tables
from domain.errors import Unavailable
from store.database import async_url
from store.event.partitions import PARTITIONED
from store.migrate import migrate


@pytest.fixture
def empty_database(database_url: str) -> str:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return database_url


def test_a_migrated_database_is_what_the_tables_say(database_url: str) -> None:
    engine = create_engine(async_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert differences == []


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    partition = kind == "table" and any(str(name).startswith(f"{table}_") for table in PARTITIONED)
    return name == "event_key" or not (partition or name == "alembic_version")


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM slot").fetchone() == (512,)


def test_processes_that_migrate_at_once_wait_for_each_other(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate, [empty_database] * 4))
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_a_database_that_is_away_is_named_without_its_password() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1") as error:
        migrate("postgresql://sojourn:hidden@127.0.0.1:1/away")
    assert "hidden" not in error.value.message


def test_the_rows_that_everything_stands_on_are_there(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        slots = connection.execute(
            "SELECT kind, count(*), min(number), max(number) FROM slot GROUP BY kind ORDER BY kind"
        )
        assert slots.fetchall() == [("deliver", 256, 0, 255), ("route", 256, 0, 255)]
        assert connection.execute("SELECT id, revision FROM catalog").fetchall() == [(1, 0)]
        assert connection.execute("SELECT id, settings FROM account").fetchall() == [(1, {})]
        assert connection.execute("SELECT nextval('event_position')").fetchone() == (1,)
