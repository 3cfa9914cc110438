"""Real servers for the tests: PostgreSQL, Temporal and an SMTP inbox, shared by all workers of a run."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import psycopg
import pytest

from runtime.settings import Settings
from runtime.stack.ports import free_port
from store.database import Database
from tests.fixtures.keeper import NAMESPACES
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.servers import close_run, open_run, shared
from tests.fixtures.world import World, open_world


def pytest_configure(config: pytest.Config) -> None:
    open_run(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    close_run(config)


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of a superuser on a running server. It has a database `migrated`; leave it untouched."""
    return shared("postgres")["url"]


@pytest.fixture(scope="session")
def _admin(postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        yield connection


@pytest.fixture
def database_url(postgres: str, _admin: psycopg.Connection) -> Iterator[str]:
    """The URL of a fresh database with the newest schema, gone after the test."""
    name = f"test_{uuid4().hex}"
    _admin.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
    yield postgres.rsplit("/", 1)[0] + f"/{name}"
    _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The store on a fresh database."""
    database = Database(database_url, pool_size=5)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def temporal() -> str:
    """The address of a real Temporal server, with our search attributes and fairness keys."""
    return shared("temporal")["address"]


@pytest.fixture(scope="session")
def mailbox() -> Mailbox:
    """A real SMTP server that keeps what it gets. Other tests use it too: send to addresses of your own."""
    where = shared("mailbox")
    return Mailbox(int(where["smtp_port"]), where["url"])


@pytest.fixture(scope="session")
def namespace(worker_id: str) -> str:
    """A Temporal namespace of this test process alone: its workers take nobody else's work."""
    return NAMESPACES[int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else -1]


@pytest.fixture
def world_settings(database_url: str, temporal: str, namespace: str, mailbox: Mailbox) -> Settings:
    """Settings of a whole installation; override the fixture to change some."""
    return Settings(
        database_url=database_url,
        database_pool=6,
        temporal_address=temporal,
        temporal_namespace=namespace,
        smtp_host=mailbox.host,
        smtp_port=mailbox.smtp_port,
        port=free_port(),
        secret_key="a secret for tests, long enough to sign",
        worker_pollers=2,
        worker_grace=2,
        send_lease=2,
    )


@pytest.fixture
async def world(world_settings: Settings, db: Database, mailbox: Mailbox) -> AsyncIterator[World]:
    """Everything runs: API, worker, PostgreSQL, Temporal, mail."""
    async with open_world(world_settings, db, mailbox) as opened:
        yield opened
